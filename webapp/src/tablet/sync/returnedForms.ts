/**
 * Fetching what a coordinator sent back: answers, photos and form, sealed by the server for their author, so that whoever is
 * signed in may fetch them and the author can open them without a network.
 */
import { Problem } from '../../api/client'
import { changed } from '../store/changes'
import { database, type Part } from '../store/database'
import { fromBase64Url, type Bytes, type Sealed } from '../store/encryption'
import { held } from '../store/heldData'
import { fetchParts } from './formPackage'
import { ask, askJson } from './wire'

interface Returned {
  worker_id: string
  sealed: string
  photos: string[]
  parts: Part[]
}

/** Brings what is stored into line with what the feed says is returned. */
export async function fetchReturned(): Promise<void> {
  const db = await database()
  const wanted = new Set([...held.submission.values()].filter(({ state }) => state === 'returned').map(({ id }) => id))
  for (const id of await db.getAllKeys('returned')) {
    if (!wanted.delete(id)) await db.delete('returned', id)
  }
  for (const id of wanted) await fetchOne(id).catch(unlessGone)
  if (wanted.size) changed()
}

async function fetchOne(id: string): Promise<void> {
  const told = await askJson<Returned>(`/v1/sync/returned/${id}`)
  const photos = []
  for (const sha256 of told.photos) {
    const answer = await ask(`/v1/sync/returned/${id}/photos/${sha256}`)
    photos.push({ sha256, content: sealedOf(new Uint8Array(await answer.arrayBuffer())) })
  }
  await fetchParts(told.parts)
  const record = { id, workerId: told.worker_id, content: sealedOf(fromBase64Url(told.sealed)), photos, parts: told.parts }
  await (await database()).put('returned', record)
}

/** As the server writes it: the IV, then the ciphertext. */
function sealedOf(bytes: Bytes): Sealed {
  return { iv: bytes.slice(0, 12), data: bytes.slice(12) }
}

/** Taken back or answered meanwhile: the next pull says so. */
function unlessGone(problem: unknown): void {
  if (!(problem instanceof Problem) || problem.status !== 404) throw problem
}
