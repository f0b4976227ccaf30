/** Sending the signed-in worker's photos by tus 1.0, going on where the last attempt broke off. */
import { Problem } from '../../api/client'
import { database, type OutboxRecord, type PhotoRecord } from '../store/database'
import { openBytes, type Bytes } from '../store/encryption'
import { session } from '../store/session'
import { ask, askJson, post } from './wire'

const tus = { 'Tus-Resumable': '1.0.0' }
const pieceBytes = 1 << 20
const gone = [404, 410, 460]
interface Plan {
  photos: { sha256: string; do: 'have' | 'upload'; upload: string | null }[]
}

export async function sendPhotos(): Promise<void> {
  const [db, now] = [await database(), session.value]
  if (!now) return
  // A form that was refused is kept by the centre for a person to take it in, and its photo with it.
  const isAnswered = ({ state }: OutboxRecord) => state === 'centre' || state === 'refused'
  const sent = new Set((await db.getAll('outbox')).filter(isAnswered).map(({ id }) => id))
  const own = (await db.getAll('photos')).filter(({ workerId, state }) => workerId === now.worker.id && state === 'waiting')
  // The form that names a photo goes first.
  const waiting = own.filter(({ owner }) => sent.has(owner)).slice(0, 200)
  if (!waiting.length) return
  const question = { photos: waiting.map(({ sha256, byteSize }) => ({ sha256, byte_size: byteSize })) }
  const plan = await askJson<Plan>('/v1/photos/plan', post(question))
  for (const [at, photo] of waiting.entries()) {
    const wanted = plan.photos[at]
    if (wanted?.do === 'upload') {
      const bytes = await openBytes(now.keys.worker, photo.content, photo.id)
      await upload({ ...photo, upload: wanted.upload ?? undefined }, bytes)
    }
    await db.put('photos', { ...photo, state: 'uploaded', upload: undefined })
  }
}

async function upload(photo: PhotoRecord, bytes: Bytes): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const address = (attempt === 0 && photo.upload) || (await create(photo))
    if (await sendPieces(address, bytes)) return
  }
  throw new Problem(460, 'photos.wrong_hash', '', '')
}

async function create({ sha256, byteSize }: PhotoRecord): Promise<string> {
  const headers = { ...tus, 'Upload-Length': String(byteSize), 'Upload-Metadata': `sha256 ${btoa(sha256)}` }
  const made = await ask('/v1/photos/uploads', { method: 'POST', headers })
  return new URL(made.headers.get('Location') ?? '', window.location.href).pathname
}

/** False where the upload is gone or did not hash to what was announced: begin anew. */
async function sendPieces(address: string, bytes: Bytes): Promise<boolean> {
  const told = await ask(address, { method: 'HEAD', headers: tus }, gone)
  if (!told.ok) return false
  let offset = Number(told.headers.get('Upload-Offset'))
  while (offset < bytes.length) {
    const headers = { ...tus, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) }
    const body = bytes.slice(offset, offset + pieceBytes)
    const answer = await ask(address, { method: 'PATCH', headers, body }, gone)
    if (!answer.ok) return false
    offset = Number(answer.headers.get('Upload-Offset'))
  }
  return true
}
