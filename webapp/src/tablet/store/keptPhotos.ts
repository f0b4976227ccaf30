/** Photos of drafts and of finished forms, as encrypted bytes; a photo that is stored already is not written again. */
import type { PhotoRecord } from './database'
import { database } from './database'
import { openBytes, sealBytes, sha256 } from './encryption'
import { signedIn } from './session'
import type { Photo } from './storeTypes'
import { uuid7 } from './uuid7'

/** What a draft or form says of a photo: its file name, and under which id its bytes lie. */
export interface PhotoLine {
  name: string
  id: string
  sha256: string
  byteSize: number
  mediaType: string
}
const lines = new WeakMap<Blob, Omit<PhotoLine, 'name'>>()

/** Under what the feed's word on a photo is found; the name itself may say who is on it. */
export function placeOf(instanceId: string, name: string): Promise<string> {
  return sha256(new TextEncoder().encode(`${instanceId} ${name}`))
}

export interface PreparedPhotos {
  lines: PhotoLine[]
  fresh: PhotoRecord[]
  /** To be called once the new ones are durable, and not before: what is not stored must be written at the next attempt. */
  areStored(): void
}

/** Prepares photos for being stored: lines for all of them, records for those that are new. Outside any transaction. */
export async function preparePhotos(photos: Photo[], owner: string): Promise<PreparedPhotos> {
  const [named, fresh]: [PhotoLine[], PhotoRecord[]] = [[], []]
  const written: [Blob, Omit<PhotoLine, 'name'>][] = []
  for (const { name, blob } of photos) {
    let line = lines.get(blob)
    if (!line) {
      const bytes = new Uint8Array(await blob.arrayBuffer())
      line = { id: uuid7(), sha256: await sha256(bytes), byteSize: bytes.length, mediaType: blob.type || 'image/jpeg' }
      const content = await sealBytes(signedIn().keys.worker, bytes, line.id)
      fresh.push({ ...line, owner, workerId: signedIn().worker.id, place: '', content, state: 'draft' })
      written.push([blob, line])
    }
    named.push({ name, ...line })
  }
  return { lines: named, fresh, areStored: () => written.forEach(([blob, line]) => lines.set(blob, line)) }
}

export async function openPhoto(line: PhotoLine): Promise<Photo | undefined> {
  const record = await (await database()).get('photos', line.id)
  if (!record) return undefined
  const bytes = await openBytes(signedIn().keys.worker, record.content, record.id)
  const blob = new Blob([bytes], { type: line.mediaType })
  const { name, ...rest } = line
  lines.set(blob, rest)
  return { name, blob }
}
