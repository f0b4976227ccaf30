/**
 * Sending photos: the signed-in worker's by tus 1.0, going on where the last attempt broke off; those that others left sealed as
 * they lie here, each in one request.
 */
import { Problem } from '../../api/client'
import { database, type OutboxRecord, type PhotoRecord } from '../store/database'
import { openBytes, type Bytes, type Sealed } from '../store/encryption'
import { session } from '../store/session'
import { ask, askJson, post } from './wire'

const tus = { 'Tus-Resumable': '1.0.0' }
const pieceBytes = 1 << 20
/** Larger files wait for their worker: the server opens what is sealed as a whole. */
const largestSealed = 5 << 20
const gone = [404, 410, 460]
/** The upload is at another offset, and the answer says at which: the browser sends by itself again what broke off. */
const elsewhere = 409
interface Plan {
  photos: { sha256: string; do: 'have' | 'upload'; upload: string | null }[]
}

export async function sendPhotos(): Promise<void> {
  const db = await database()
  // A form that was refused is kept by the centre for a person to take it in, and its photo with it.
  const isAnswered = ({ state }: OutboxRecord) => state === 'centre' || state === 'refused'
  const sent = new Set((await db.getAll('outbox')).filter(isAnswered).map(({ id }) => id))
  // The form that names a photo goes first.
  const all = (await db.getAll('photos')).filter(({ owner, state }) => state === 'waiting' && sent.has(owner))
  const waiting = all.filter((photo) => isMine(photo) || photo.byteSize <= largestSealed).slice(0, 200)
  if (!waiting.length) return
  const question = { photos: waiting.map(({ sha256, byteSize }) => ({ sha256, byte_size: byteSize })) }
  const plan = await askJson<Plan>('/v1/photos/plan', post(question))
  for (const [at, photo] of waiting.entries()) {
    const wanted = plan.photos[at]
    if (wanted?.do === 'upload') await sendOne({ ...photo, upload: wanted.upload ?? undefined })
    await db.put('photos', { ...photo, state: 'uploaded', upload: undefined })
  }
}

const isMine = ({ workerId }: PhotoRecord) => session.value?.worker.id === workerId

async function sendOne(photo: PhotoRecord): Promise<void> {
  // Who is signed in may have left meanwhile.
  const keys = isMine(photo) ? session.value?.keys : undefined
  if (keys) await upload(photo, await openBytes(keys.worker, photo.content, photo.id))
  else await sendSealed(photo)
}

async function sendSealed({ id, workerId, sha256, content }: PhotoRecord): Promise<void> {
  const headers = { 'Content-Type': 'application/octet-stream', 'Upload-Metadata': `sha256 ${btoa(sha256)}` }
  await ask(`/v1/photos/sealed/${workerId}/${id}`, { method: 'POST', headers, body: joined(content) })
}

/** As the server reads it: the IV, then the ciphertext. */
const joined = ({ iv, data }: Sealed) => new Blob([iv, data])

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
  return new URL(made.headers.get('Location') ?? '', self.location.href).pathname
}

/** False where the upload is gone or did not hash to what was announced: begin anew. */
async function sendPieces(address: string, bytes: Bytes): Promise<boolean> {
  const told = await ask(address, { method: 'HEAD', headers: tus }, gone)
  if (!told.ok) return false
  let offset = Number(told.headers.get('Upload-Offset'))
  for (let left = 2 * Math.ceil(bytes.length / pieceBytes) + 5; offset < bytes.length; left--) {
    const headers = { ...tus, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) }
    const body = bytes.slice(offset, offset + pieceBytes)
    const answer = await ask(address, { method: 'PATCH', headers, body }, [...gone, elsewhere])
    if (!left || gone.includes(answer.status)) return false
    offset = Number(answer.headers.get('Upload-Offset'))
  }
  return true
}
