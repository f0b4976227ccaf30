/**
 * Where the tablet is, told to the centre while the worker who holds it agrees. Gathered in memory only, while the application is
 * open; the server keeps what lies in the team's shift. Nothing is watched before somebody has switched it on.
 */
import { ref, watch } from 'vue'
import { session } from '../store/session'
import { sharePosition, sharesPosition } from '../store/workers'

interface Told {
  at: string
  lon: number
  lat: number
  accuracy_m: number
}
const mostKept = 500
const everyMs = 120_000

export const isSharing = ref(false)
/** Whether the worker has ever chosen; until then the centre is told nothing at all. */
let hasChosen = false
/** A choice is told at the next push, also where nothing else is to be sent. */
let isChoiceNew = false
let gathered: Told[] = []
let watching: number | undefined

watch(session, async (now) => {
  stop()
  const shares = now && (await sharesPosition(now.worker.id))
  if (now?.worker.id !== session.value?.worker.id) return
  hasChosen = shares !== undefined
  isSharing.value = Boolean(shares)
  if (isSharing.value) start()
})

export async function choose(shares: boolean): Promise<void> {
  if (!session.value) return
  await sharePosition(session.value.worker.id, shares)
  hasChosen = isChoiceNew = true
  isSharing.value = shares
  if (shares) start()
  else stop()
}

function start(): void {
  watching ??= navigator.geolocation?.watchPosition(gather, () => undefined, { enableHighAccuracy: true, maximumAge: 30_000 })
}
function stop(): void {
  if (watching !== undefined) navigator.geolocation.clearWatch(watching)
  watching = undefined
  gathered = []
}
function gather({ coords, timestamp }: GeolocationPosition): void {
  const last = gathered.at(-1)
  if (last && timestamp - Date.parse(last.at) < everyMs) return
  const told = { at: new Date(timestamp).toISOString(), lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy) }
  gathered = [...gathered, told].slice(-mostKept)
}

/** Whether there is something to tell although nothing else is to be sent. */
export const hasPresence = () => isChoiceNew || gathered.length > 0

/** What a push carries along, and what to do once it has arrived. */
export function presence() {
  const worker = session.value?.worker
  if (!worker || !hasChosen) return { told: {}, arrived: () => undefined }
  const positions = isSharing.value ? gathered : []
  const arrived = () => {
    gathered = gathered.filter((one) => !positions.includes(one))
    isChoiceNew = false
  }
  return { told: { presence: { worker_id: worker.id, shares: isSharing.value, positions } }, arrived }
}
