/** Handing over the outbox in the order in which it was filled: plainly what its worker sends, sealed what others left. */
import { Problem } from '../../api/client'
import { changed } from '../store/changes'
import { database, fact, keepFact, type OutboxRecord } from '../store/database'
import { open, toBase64Url } from '../store/encryption'
import { undoMs } from '../store/outbox'
import { layOwnOver } from '../store/ownChanges'
import { session } from '../store/session'
import { hasPresence, presence } from './presence'
import { appVersion, askJson, postPacked } from './wire'

interface Result {
  id: string
  status: string
  code?: string
  sentence?: string
}
// Of the MiB that a push may have; the envelope takes little, base64 a third of what it carries.
const fullAt = 700_000
const keptForMs = 30 * 86_400_000
/** Why an item is refused that the centre would not even read: it has no copy of it. */
export const tooLarge = 'sync.batch_too_large'

const isWaiting = ({ state }: OutboxRecord) => state === 'tablet' || state === 'sending'

/** Pushes until nothing waits that may leave; returns when the next may. `evenHeld`: the worker wants all of it sent now. */
export async function push(evenHeld: boolean): Promise<number | undefined> {
  let size = (await fact('contact'))?.limits.operations ?? 200
  for (;;) {
    const waiting = (await (await database()).getAllFromIndex('outbox', 'seq')).filter(isWaiting)
    const batch = await take(readyOf(waiting, size, evenHeld))
    if (!batch.length) await tellRest(waiting)
    if (!batch.length) return nextAfter(waiting[0])
    const results = await send(batch, waiting).catch((problem: unknown) => {
      if (!(problem instanceof Problem) || problem.status !== 413) throw problem
      return undefined
    })
    if (results) await settle(results, waiting.length - batch.length)
    else if (batch.length > 1) size = Math.ceil(batch.length / 2)
    else await refuse(batch[0] as OutboxRecord)
  }
}

const nextAfter = (first: OutboxRecord | undefined) => first && Date.now() + heldBackForMs(first)

/**
 * Where the tablet is goes with what is sent; it goes alone where nothing else does. So does how much waits, where the centre
 * has it otherwise: something is held back, was taken back, or could not be sent.
 */
async function tellRest(waiting: OutboxRecord[]): Promise<void> {
  if (!hasPresence() && (await fact('toldUnsent')) === waiting.length) return
  await send([], waiting)
  await noteTold(waiting.length)
}

/** What the centre takes to lie here: it leaves out what it has just answered. */
async function noteTold(unsent: number): Promise<void> {
  if ((await fact('toldUnsent')) !== unsent) await keepFact('toldUnsent', unsent)
}

/** How long an item can still be taken back. One that a wrong clock holds back for longer than that is not held at all. */
export function heldBackForMs({ holdUntil }: OutboxRecord): number {
  const left = (holdUntil ?? 0) - Date.now()
  return left > undoMs ? 0 : Math.max(0, left)
}

/** What may go now: what is held back for undoing holds up what follows, so that the order is kept. */
function readyOf(waiting: OutboxRecord[], size: number, evenHeld: boolean): OutboxRecord[] {
  const held = evenHeld ? -1 : waiting.findIndex((record) => heldBackForMs(record) > 0)
  const ready = waiting.slice(0, held < 0 ? size : Math.min(held, size))
  let bytes = 0
  return ready.filter(({ body }, at) => (bytes += body.data.length) <= fullAt || at === 0)
}

/** Marks what goes now: from here on it can no longer be taken back. */
async function take(ready: OutboxRecord[]): Promise<OutboxRecord[]> {
  const transaction = (await database()).transaction('outbox', 'readwrite')
  const batch: OutboxRecord[] = []
  for (const { id } of ready) {
    const record = await transaction.store.get(id)
    if (!record || !isWaiting(record)) continue
    batch.push(record)
    await transaction.store.put({ ...record, state: 'sending' })
  }
  await transaction.done
  return batch
}

async function send(batch: OutboxRecord[], waiting: OutboxRecord[]): Promise<Result[]> {
  const where = presence()
  const told = {
    ...where.told,
    sent_at: new Date().toISOString(),
    app_version: appVersion,
    unsent_count: waiting.length,
    oldest_unsent_at: waiting[0]?.at ?? null,
    operations: await Promise.all(batch.map(asSent)),
  }
  const { results } = await askJson<{ results: Result[] }>('/v1/sync/push', await postPacked(told))
  where.arrived()
  return results
}

async function asSent({ id, seq, workerId, at, body }: OutboxRecord): Promise<Record<string, unknown>> {
  const about = { id, device_seq: seq, worker_id: workerId, at }
  const keys = session.value?.worker.id === workerId ? session.value.keys : undefined
  if (keys) return { ...about, ...(await open<{ kind: string; payload: unknown }>(keys.worker, body, id)) }
  return { ...about, kind: 'sealed', payload: { iv: toBase64Url(body.iv), data: toBase64Url(body.data) } }
}

async function settle(results: Result[], left: number): Promise<void> {
  const transaction = (await database()).transaction('outbox', 'readwrite')
  const answeredAt = new Date().toISOString()
  for (const { id, status, code, sentence } of results) {
    const record = await transaction.store.get(id)
    const state = status === 'rejected' ? 'refused' : 'centre'
    if (record) await transaction.store.put({ ...record, state, code: code ?? status, sentence, answeredAt })
  }
  await transaction.done
  await noteTold(left)
  await layOwnOver()
  changed()
}

async function refuse(record: OutboxRecord): Promise<void> {
  await (await database()).put('outbox', { ...record, state: 'refused', code: tooLarge, answeredAt: new Date().toISOString() })
  await layOwnOver()
  changed()
}

/**
 * Drops what the centre has had for a month; until then a restored backup may ask for it again. Not while a photo waits,
 * which goes after its form: a clock that was wrong makes months pass at once.
 */
export async function forgetOld(): Promise<void> {
  const transaction = (await database()).transaction(['outbox', 'photos'], 'readwrite')
  const photos = transaction.objectStore('photos').index('owner')
  for (let cursor = await transaction.objectStore('outbox').openCursor(); cursor; cursor = await cursor.continue()) {
    const { id, state, answeredAt } = cursor.value
    const isOld = state === 'centre' && Date.parse(answeredAt ?? '') < Date.now() - keptForMs
    if (isOld && !(await photos.count(id))) await cursor.delete()
  }
  await transaction.done
}
