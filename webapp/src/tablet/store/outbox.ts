/** What was done on this tablet and when it left it. Each item is durable before anybody is told so. */
import { changed } from './changes'
import { database, type DraftRecord, type OutboxRecord } from './database'
import { withReserve } from './diskSpace'
import { open, seal } from './encryption'
import { placeOf, preparePhotos, type PhotoLine } from './keptPhotos'
import { layOwnOver, sealShown } from './ownChanges'
import type { OwnChange } from './ownRows'
import { signedIn } from './session'
import type { FinishedForm, SubmissionOutbox } from './storeTypes'
import { typedTarget } from './typedRecord'
import { uuid7 } from './uuid7'

/** How long a tap can be taken back although there is a network. */
export const undoMs = 8_000

export interface Note {
  title: string
  /** A form's id, the status that a planned visit was given, or the kind of a target. */
  what: string
  targetId?: string
}
export interface OwnItem extends Omit<OutboxRecord, 'body' | 'note'> {
  note: Note
  /** Whether it can be taken back: it has not begun to leave, and nothing else here is about what it made. */
  canUndo: boolean
}
export interface EntityChange {
  kind: 'target' | 'assignment'
  entityId: string
  /** The server's; 0 where it has shown none. */
  version: number
  fields: Record<string, string>
  note: Note
}
interface Facts {
  get(name: string): Promise<unknown>
  put(value: unknown, name: string): Promise<unknown>
  delete(name: string): Promise<unknown>
}
interface Outbox {
  add(record: OutboxRecord): Promise<unknown>
}
type Fresh = Pick<OutboxRecord, 'what'> & Partial<OutboxRecord>

const instanceIdIn = (xml: string) => /<(?:\w+:)?instanceID>([^<]+)</.exec(xml)?.[1] ?? ''

type Prepared = Omit<OutboxRecord, 'seq'>

async function prepare(id: string, fresh: Fresh, payload: unknown, note: Note, changes: OwnChange[]): Promise<Prepared> {
  const { keys, worker } = signedIn()
  const body = await seal(keys.worker, { kind: fresh.what, payload }, id)
  const kept = await seal(keys.worker, note, `${id} note`)
  const shows = await sealShown(id, changes)
  return { ...fresh, id, workerId: worker.id, at: new Date().toISOString(), state: 'tablet', body, note: kept, shows }
}

/** Gives an item its number and stores it, within a transaction that may hold more. */
async function number(stores: { facts: Facts; outbox: Outbox }, record: Prepared): Promise<void> {
  const seq = (((await stores.facts.get('seq')) as number | undefined) ?? 0) + 1
  await stores.facts.put(seq, 'seq')
  await stores.outbox.add({ ...record, seq })
}

async function recordOf(id: string, finished: FinishedForm, lines: PhotoLine[]): Promise<Prepared> {
  const instanceId = instanceIdIn(finished.xml)
  const photos = lines.map(({ name, sha256, byteSize, mediaType }) => ({ name, sha256, byte_size: byteSize, media_type: mediaType }))
  const note = { title: finished.title, what: finished.formId, targetId: finished.targetId }
  const about = { what: 'submission', instanceId, entityId: finished.targetId, amends: finished.amends } as const
  return await prepare(id, about, { xml: finished.xml, photos }, note, finished.changes ?? [])
}

/** The form, and what is changed with it by items of their own. */
async function recordsOf(id: string, finished: FinishedForm, lines: PhotoLine[]): Promise<Prepared[]> {
  return await Promise.all([recordOf(id, finished, lines), ...(finished.also ?? []).map((change) => changeOf(change, uuid7()))])
}

async function addSubmission(finished: FinishedForm): Promise<string> {
  const id = uuid7()
  const { lines, fresh, areStored } = await preparePhotos(finished.photos, finished.draftId ?? id)
  const placed = await Promise.all(lines.map(async (line) => [line.id, await placeOf(instanceIdIn(finished.xml), line.name)] as const))
  const records = await recordsOf(id, finished, lines)
  const transaction = (await database()).transaction(['outbox', 'photos', 'drafts', 'facts'], 'readwrite')
  const photos = transaction.objectStore('photos')
  for (const photo of fresh) await photos.put(photo)
  for (const [photoId, place] of placed) {
    const photo = await photos.get(photoId)
    if (photo) await photos.put({ ...photo, owner: id, place, state: 'waiting' })
  }
  const stores = { facts: transaction.objectStore('facts'), outbox: transaction.objectStore('outbox') }
  for (const record of records) await number(stores, record)
  if (finished.draftId) {
    await transaction.objectStore('drafts').delete(finished.draftId)
    // What the draft had and the finished form does not name any more.
    for (const left of await photos.index('owner').getAllKeys(finished.draftId)) await photos.delete(left)
  }
  await transaction.done
  areStored()
  await isShown()
  return id
}

/** The branch on which the next edit of an entity goes on: that of unsettled edits, or a new one from the server's version. */
function branchOf(records: OutboxRecord[], { entityId, version }: EntityChange): NonNullable<OutboxRecord['branch']> {
  const last = records.filter((one) => one.entityId === entityId && one.branch && one.branch.base >= version && one.state !== 'refused').at(-1)
  if (!last?.branch) return { id: crypto.randomUUID(), trunk: version || undefined, base: version || 1 }
  return { ...last.branch, base: last.branch.base + 1 }
}

/** What was stored is to be seen: first in what is held, then on the pages. */
async function isShown(): Promise<void> {
  await layOwnOver()
  changed()
}

/** `forgets`: the name of a fact that goes in the same step. */
async function add(records: Prepared[], forgets = ''): Promise<void> {
  const transaction = (await database()).transaction(['outbox', 'facts'], 'readwrite')
  const stores = { facts: transaction.objectStore('facts'), outbox: transaction.objectStore('outbox') }
  for (const record of records) await number(stores, record)
  await stores.facts.delete(forgets)
  await transaction.done
  await isShown()
}

/** Makes a target; returns its id, which is the server's too, and that of the item by which it is taken back. */
async function create(fields: Record<string, string>, title: string): Promise<{ id: string; itemId: string }> {
  const [id, entityId, branch] = [uuid7(), crypto.randomUUID(), { id: crypto.randomUUID(), base: 0 }]
  const payload = { kind: 'target', entity_id: entityId, branch_id: branch.id, fields }
  const note = { title, what: fields.tur ?? '', targetId: entityId }
  const shown: OwnChange = { kind: 'target', id: entityId, seen: 0, fields, creates: true }
  const about = { what: 'create', entityId, branch, holdUntil: Date.now() + undoMs } as const
  await add([await prepare(id, about, payload, note, [shown])], typedTarget.nameOf(signedIn().worker.id))
  return { id: entityId, itemId: id }
}

async function changeOf(wanted: EntityChange, id: string, together?: string): Promise<Prepared> {
  const { kind, entityId, fields, note } = wanted
  const branch = branchOf(await (await database()).getAllFromIndex('outbox', 'seq'), wanted)
  const versions = { base_version: branch.base, trunk_version: branch.trunk, branch_id: branch.id }
  const about = { what: 'update', entityId, branch, together, holdUntil: Date.now() + undoMs } as const
  const shown = { kind, id: entityId, seen: branch.base, fields }
  return await prepare(id, about, { kind, entity_id: entityId, ...versions, fields }, note, [shown])
}

/**
 * Changes fields of targets or planned visits, each of another entity; waits a moment before it may be sent, so that all of
 * it can be taken back by the id that is returned.
 */
async function change(wanted: EntityChange, ...more: EntityChange[]): Promise<string> {
  const id = uuid7()
  await add([await changeOf(wanted, id), ...(await Promise.all(more.map((one) => changeOf(one, uuid7(), id))))])
  return id
}

/** Whether an item can be taken back by itself: a form can not, and what was made here stays once something else is about it. */
function canUndo(item: OutboxRecord, all: OutboxRecord[], begun: DraftRecord[]): boolean {
  if (item.state !== 'tablet' || item.what === 'submission') return false
  const isUsed = () => [...all, ...begun].some((one) => one.id !== item.id && ('state' in one ? one.entityId : one.targetId) === item.entityId)
  return item.what === 'update' || !isUsed()
}

/** Takes back what can be, and what was done with it; says whether it could. */
async function undo(id: string): Promise<boolean> {
  const transaction = (await database()).transaction(['outbox', 'drafts'], 'readwrite')
  const outboxed = transaction.objectStore('outbox')
  const [all, begun] = [await outboxed.getAll(), await transaction.objectStore('drafts').getAll()]
  const records = all.filter((one) => one.id === id || one.together === id)
  const isHere = records.length > 0 && records.every((one) => canUndo(one, all, begun))
  if (isHere) for (const record of records) await outboxed.delete(record.id)
  await transaction.done
  if (isHere) await isShown()
  return isHere
}

/** The signed-in worker's own items, newest first. */
async function own(): Promise<OwnItem[]> {
  const { keys, worker } = signedIn()
  const db = await database()
  const [all, begun] = [await db.getAllFromIndex('outbox', 'seq'), await db.getAll('drafts')]
  const records = all.filter(({ workerId }) => workerId === worker.id)
  const items = records.map(async (record) => {
    const note = await open<Note>(keys.worker, record.note, `${record.id} note`)
    return { ...record, note, canUndo: canUndo(record, all, begun) }
  })
  return (await Promise.all(items)).reverse()
}

/** The instance ids of the forms that corrections from here have answered. */
async function amended(): Promise<Set<string>> {
  const records = await (await database()).getAll('outbox')
  return new Set(records.filter(({ state }) => state !== 'refused').map(({ amends }) => amends ?? ''))
}

export const outbox = {
  addSubmission: (finished: FinishedForm) => withReserve(() => addSubmission(finished)),
  create: (fields: Record<string, string>, title: string) => withReserve(() => create(fields, title)),
  change: (...wanted: [EntityChange, ...EntityChange[]]) => withReserve(() => change(...wanted)),
  undo, own, amended,
} satisfies SubmissionOutbox & Record<string, unknown>
