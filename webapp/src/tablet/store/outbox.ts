/** What was done on this tablet and when it left it. Each item is durable before anybody is told so. */
import { changed } from './changes'
import { database, type OutboxRecord } from './database'
import { open, seal } from './encryption'
import { held } from './heldData'
import { placeOf, preparePhotos, type PhotoLine } from './keptPhotos'
import { signedIn } from './session'
import type { FinishedForm, SubmissionOutbox } from './storeTypes'
import { uuid7 } from './uuid7'

/** How long a tap can be taken back although there is a network. */
export const undoMs = 8_000

export interface Note {
  title: string
  /** A form's id, or the status that a planned visit was given. */
  what: string
  targetId?: string
}
export interface OwnItem extends Omit<OutboxRecord, 'body' | 'note'> {
  note: Note
}
export interface EntityChange {
  kind: 'target' | 'assignment'
  entityId: string
  version: number
  fields: Record<string, string>
  note: Note
}
interface Facts {
  get(name: string): Promise<unknown>
  put(value: unknown, name: string): Promise<unknown>
}
interface Outbox {
  add(record: OutboxRecord): Promise<unknown>
}
type Fresh = Pick<OutboxRecord, 'what'> & Partial<OutboxRecord>

const instanceIdIn = (xml: string) => /<(?:\w+:)?instanceID>([^<]+)</.exec(xml)?.[1] ?? ''

async function prepare(id: string, fresh: Fresh, payload: unknown, note: Note): Promise<Omit<OutboxRecord, 'seq'>> {
  const { keys, worker } = signedIn()
  const body = await seal(keys.worker, { kind: fresh.what, payload }, id)
  const kept = await seal(keys.worker, note, `${id} note`)
  return { ...fresh, id, workerId: worker.id, at: new Date().toISOString(), state: 'tablet', body, note: kept }
}

/** Gives an item its number and stores it, within a transaction that may hold more. */
async function number(stores: { facts: Facts; outbox: Outbox }, record: Omit<OutboxRecord, 'seq'>): Promise<void> {
  const seq = (((await stores.facts.get('seq')) as number | undefined) ?? 0) + 1
  await stores.facts.put(seq, 'seq')
  await stores.outbox.add({ ...record, seq })
}

async function recordOf(id: string, finished: FinishedForm, lines: PhotoLine[]): Promise<Omit<OutboxRecord, 'seq'>> {
  const instanceId = instanceIdIn(finished.xml)
  const photos = lines.map(({ name, sha256, byteSize, mediaType }) => ({ name, sha256, byte_size: byteSize, media_type: mediaType }))
  const note = { title: finished.title, what: finished.formId, targetId: finished.targetId }
  const { amends } = finished
  // A correction need not change the planned visit, so nothing would ever tell that it is no longer under way.
  const entityId = amends ? undefined : finished.assignmentId
  const seen = held.assignment.get(entityId ?? '')?.version
  const about = { what: 'submission', instanceId, entityId, seen, amends } as const
  return await prepare(id, about, { xml: finished.xml, photos }, note)
}

async function addSubmission(finished: FinishedForm): Promise<string> {
  const id = uuid7()
  const { lines, fresh } = await preparePhotos(finished.photos, finished.draftId ?? id)
  const placed = await Promise.all(lines.map(async (line) => [line.id, await placeOf(instanceIdIn(finished.xml), line.name)] as const))
  const record = await recordOf(id, finished, lines)
  const transaction = (await database()).transaction(['outbox', 'photos', 'drafts', 'facts'], 'readwrite')
  const photos = transaction.objectStore('photos')
  for (const photo of fresh) await photos.put(photo)
  for (const [photoId, place] of placed) {
    const photo = await photos.get(photoId)
    if (photo) await photos.put({ ...photo, owner: id, place, state: 'waiting' })
  }
  await number({ facts: transaction.objectStore('facts'), outbox: transaction.objectStore('outbox') }, record)
  if (finished.draftId) {
    await transaction.objectStore('drafts').delete(finished.draftId)
    // What the draft had and the finished form does not name any more.
    for (const left of await photos.index('owner').getAllKeys(finished.draftId)) await photos.delete(left)
  }
  await transaction.done
  changed()
  return id
}

/** The branch on which the next edit of an entity goes on: that of unsettled edits, or a new one from the server's version. */
function branchOf(records: OutboxRecord[], { entityId, version }: EntityChange): NonNullable<OutboxRecord['branch']> {
  const last = records.filter((one) => one.entityId === entityId && one.branch && one.branch.base >= version && one.state !== 'refused').at(-1)
  if (!last?.branch) return { id: crypto.randomUUID(), trunk: version, base: version }
  return { ...last.branch, base: last.branch.base + 1 }
}

/** Changes fields of a target or planned visit; waits a moment before it may be sent, so that it can be taken back. */
async function change(wanted: EntityChange): Promise<string> {
  const id = uuid7()
  const branch = branchOf(await (await database()).getAllFromIndex('outbox', 'seq'), wanted)
  const payload = {
    kind: wanted.kind, entity_id: wanted.entityId, base_version: branch.base, trunk_version: branch.trunk, branch_id: branch.id,
    fields: wanted.fields,
  }
  const about = { what: 'update', entityId: wanted.entityId, seen: branch.base, branch, holdUntil: Date.now() + undoMs } as const
  const record = await prepare(id, about, payload, wanted.note)
  const transaction = (await database()).transaction(['outbox', 'facts'], 'readwrite')
  await number({ facts: transaction.objectStore('facts'), outbox: transaction.objectStore('outbox') }, record)
  await transaction.done
  changed()
  return id
}

/** Takes back what has not begun to leave; says whether it could. */
async function undo(id: string): Promise<boolean> {
  const transaction = (await database()).transaction('outbox', 'readwrite')
  const record = await transaction.store.get(id)
  const isHere = record?.state === 'tablet'
  if (isHere) await transaction.store.delete(id)
  await transaction.done
  if (isHere) changed()
  return isHere
}

/** The signed-in worker's own items, newest first. */
async function own(): Promise<OwnItem[]> {
  const { keys, worker } = signedIn()
  const records = (await (await database()).getAllFromIndex('outbox', 'seq')).filter(({ workerId }) => workerId === worker.id)
  const items = records.map(async (record) => ({ ...record, note: await open<Note>(keys.worker, record.note, `${record.id} note`) }))
  return (await Promise.all(items)).reverse()
}

/** Which entities have work on the way that the server's version does not show yet, by any worker of this tablet. */
async function underWay(): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const { entityId, state, seen } of await (await database()).getAll('outbox')) {
    if (entityId && state !== 'refused') found.set(entityId, Math.max(found.get(entityId) ?? 0, seen ?? 0))
  }
  return found
}

/** The instance ids of the forms that corrections from here have answered. */
async function amended(): Promise<Set<string>> {
  const records = await (await database()).getAll('outbox')
  return new Set(records.filter(({ state }) => state !== 'refused').map(({ amends }) => amends ?? ''))
}

export const outbox = { addSubmission, change, undo, own, underWay, amended } satisfies SubmissionOutbox & Record<string, unknown>
