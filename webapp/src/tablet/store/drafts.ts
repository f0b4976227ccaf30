/** Forms that are being filled: stored at every answer, readable to their worker alone. */
import { changed } from './changes'
import { database } from './database'
import { withReserve } from './diskSpace'
import { open, seal } from './encryption'
import { openPhoto, preparePhotos, type PhotoLine } from './keptPhotos'
import { signedIn } from './session'
import type { Draft, Drafts, KeptDraft } from './storeTypes'

type Written = Omit<Draft, 'photos'> & { photos: PhotoLine[] }

async function save(draft: Draft): Promise<void> {
  const { keys, worker } = signedIn()
  const { lines, fresh, areStored } = await preparePhotos(draft.photos, draft.id)
  const content = await seal(keys.worker, { ...draft, photos: lines } satisfies Written, draft.id)
  const transaction = (await database()).transaction(['drafts', 'photos'], 'readwrite')
  const photos = transaction.objectStore('photos')
  await transaction.objectStore('drafts').put({ id: draft.id, workerId: worker.id, updatedAt: new Date().toISOString(), targetId: draft.targetId, parts: draft.parts, content })
  for (const photo of fresh) await photos.put(photo)
  const named = new Set(lines.map(({ id }) => id))
  for (const id of await photos.index('owner').getAllKeys(draft.id)) if (!named.has(id)) await photos.delete(id)
  await transaction.done
  areStored()
  changed()
}

async function list(): Promise<KeptDraft[]> {
  const { keys, worker } = signedIn()
  const own = (await (await database()).getAll('drafts')).filter(({ workerId }) => workerId === worker.id)
  const read = own.map(async (record) => {
    const written = await open<Written>(keys.worker, record.content, record.id)
    const photos = (await Promise.all(written.photos.map(openPhoto))).filter((photo) => photo !== undefined)
    return { ...written, photos, updatedAt: record.updatedAt }
  })
  return (await Promise.all(read)).sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))
}

async function remove(id: string): Promise<void> {
  const transaction = (await database()).transaction(['drafts', 'photos'], 'readwrite')
  await transaction.objectStore('drafts').delete(id)
  for (const photo of await transaction.objectStore('photos').index('owner').getAllKeys(id)) {
    await transaction.objectStore('photos').delete(photo)
  }
  await transaction.done
  changed()
}

export const drafts: Drafts = { save: (draft) => withReserve(() => save(draft)), list, remove }
