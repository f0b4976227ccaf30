/**
 * Where the tablet is, told to the centre while the worker who holds it agrees and the team's shift lasts. Gathered in memory
 * only, while the application is open. Outside the shift, and before somebody has switched it on, nothing is watched at all; the
 * server holds every position against the shift once more.
 */
import { ref, watch } from 'vue'
import { fact, type ShiftDay } from '../store/database'
import { renewal } from '../store/renewal'
import { session } from '../store/session'
import { agreement, newestNotice, sharePosition } from '../store/workers'
import { isInShift } from './shiftTimes'

interface Told {
  at: string
  lon: number
  lat: number
  accuracy_m: number
}
const mostKept = 500
const everyMs = 120_000
const looksAtClockMs = 20_000

/** Whether the worker agrees. */
export const isSharing = ref(false)
/** Whether positions are noted just now: they agree, and it is the shift. */
export const isNoting = ref(false)
/** Whether they agreed to an earlier notice than today's, and are asked once more. */
export const isAskedAnew = ref(false)
let noticeAgreed = newestNotice
/** Whether the worker has ever chosen; until then the centre is told nothing at all. */
let hasChosen = false
/** A choice is told at the next push, also where nothing else is to be sent. */
let isChoiceNew = false
let gathered: Told[] = []
let watching: number | undefined
let shifts: ShiftDay[] | undefined

watch(session, async (now) => {
  stop()
  const { shares, notice } = now ? await agreement(now.worker.id) : { shares: undefined, notice: newestNotice }
  if (now?.worker.id !== session.value?.worker.id) return
  noticeAgreed = notice
  isAskedAnew.value = Boolean(shares) && noticeAgreed < newestNotice
  // Told once more at every sign-in: it may have been chosen without a network, and the page closed since.
  hasChosen = isChoiceNew = shares !== undefined
  isSharing.value = Boolean(shares)
  await considerShift()
})
setInterval(() => void considerShift(), looksAtClockMs)

export async function choose(shares: boolean): Promise<void> {
  if (!session.value) return
  // Off at once, also where there is no room to write it down.
  if (!shares) stop()
  hasChosen = isChoiceNew = true
  await sharePosition(session.value.worker.id, shares)
  isSharing.value = shares
  noticeAgreed = newestNotice
  isAskedAnew.value = false
  await considerShift()
}

/** Begins with the shift and ends with it; what was noted in it is still told afterwards. */
async function considerShift(): Promise<void> {
  if (renewal.isClosed) return stop()
  shifts = isSharing.value ? (await fact('profile'))?.profile.shifts : undefined
  isNoting.value = isSharing.value && isInShift(shifts, new Date())
  if (isNoting.value) start()
  else rest()
}

function start(): void {
  watching ??= navigator.geolocation?.watchPosition(gather, () => undefined, { enableHighAccuracy: true, maximumAge: 30_000 })
}
function rest(): void {
  if (watching !== undefined) navigator.geolocation.clearWatch(watching)
  watching = undefined
}
function stop(): void {
  isSharing.value = isNoting.value = false
  rest()
  gathered = []
}
function gather({ coords, timestamp }: GeolocationPosition): void {
  const last = gathered.at(-1)
  // What was found before the shift began, or while it ended, is none of its.
  if (!isInShift(shifts, new Date(timestamp)) || (last && timestamp - Date.parse(last.at) < everyMs)) return
  const told = { at: new Date(timestamp).toISOString(), lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy) }
  gathered = [...gathered, told].slice(-mostKept)
}

/** Whether there is something to tell although nothing else is to be sent. */
export const hasPresence = () => isChoiceNew || gathered.length > 0

/** What a push carries along, and what to do once it has arrived. */
export function presence() {
  const worker = session.value?.worker
  if (!worker || !hasChosen) return { told: {}, arrived: () => undefined }
  const shares = isSharing.value
  const positions = shares ? gathered : []
  const arrived = () => {
    gathered = gathered.filter((one) => !positions.includes(one))
    // Another choice, or another worker's, may have been made while this was under way.
    if (isSharing.value === shares && session.value?.worker.id === worker.id) isChoiceNew = false
  }
  return { told: { presence: { worker_id: worker.id, shares, notice: noticeAgreed, positions } }, arrived }
}
