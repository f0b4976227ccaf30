/** Reads what the outbox still has to show, of any worker of the team, and has it laid over what is held. */
import { whenChangedElsewhere } from './changes'
import { database, type OutboxRecord } from './database'
import { open, seal, type Sealed } from './encryption'
import { layOver } from './heldData'
import type { OwnChange } from './ownRows'
import { session, signedIn } from './session'

const boundTo = (id: string) => `${id} shows`
let reading: Promise<void> = Promise.resolve()

/** With the team's key: whoever works on this tablet next finds the household, and no one of another team does. */
export function sealShown(id: string, changes: readonly OwnChange[]): Promise<Sealed> {
  return seal(signedIn().keys.team, changes, boundTo(id))
}

/** To be called whenever the outbox has changed; one after the other, so that an older state never comes last. */
export function layOwnOver(): Promise<void> {
  reading = reading.then(read, read)
  return reading
}
whenChangedElsewhere(layOwnOver)

async function read(): Promise<void> {
  const key = session.value?.keys.team
  if (!key) return
  const records = (await (await database()).getAllFromIndex('outbox', 'seq')).filter(({ state }) => state !== 'refused')
  const changes = (await Promise.all(records.map((record) => shownBy(key, record)))).flat()
  if (session.value?.keys.team === key) layOver(changes)
}

async function shownBy(key: CryptoKey, { id, state, shows }: OutboxRecord): Promise<OwnChange[]> {
  if (!shows) return []
  // What was made for another team, before the tablet moved, is nothing to be shown.
  const changes = await open<OwnChange[]>(key, shows, boundTo(id)).catch(() => [])
  return changes.map((change) => ({ ...change, isSent: state === 'centre' }))
}
