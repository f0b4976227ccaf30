/**
 * The municipality's map of streets (PMTiles), where it offers one: fetched piece by piece, so that a broken line costs
 * one piece, and read piece by piece, never whole. It is no personal data and lies in clear. Drawn by `streetLayer.ts`.
 */
import { changed } from '../store/changes'
import { database, fact, keepFact, type StreetFile } from '../store/database'
import { lookAtDiskSpace, diskSpace } from '../store/diskSpace'
import { sha256, type Bytes } from '../store/encryption'
import { ask } from '../sync/wire'

export const streetPath = 'harita.pmtiles'
const pieceBytes = 1 << 20
/** What must stay free for the work itself, photos above all. */
const leftFreeBytes = 1_000_000_000

const keyOf = (hash: string, piece: number) => `${hash}/${piece}`
export const isStreetPiece = (key: string) => key.includes('/')

/** Notes which map the package names now; the one that is shown stays until the new one is whole. */
export async function wantStreets(named: StreetFile | undefined): Promise<void> {
  const shown = named && (await fact('streets'))?.shown
  const isShown = named?.sha256 === shown?.sha256
  await keepFact('streets', { shown, wanted: isShown ? undefined : named })
  await dropPiecesBut([named, shown])
}

/** Fetches what is missing of the wanted map. Throws what `ask` throws; the next call goes on where this one stopped. */
export async function fetchStreets(): Promise<void> {
  const { wanted } = (await fact('streets')) ?? {}
  if (!wanted) return
  await lookAtDiskSpace()
  if (diskSpace.freeBytes - wanted.byteSize < leftFreeBytes) return
  // Two windows would fetch each piece twice.
  await navigator.locks.request('saha-streets', { ifAvailable: true }, async (lock) => {
    if (lock) await fetchAll(wanted)
  })
}

async function fetchAll(wanted: StreetFile): Promise<void> {
  const db = await database()
  for (let piece = 0; piece * pieceBytes < wanted.byteSize; piece += 1) {
    if (await db.getKey('parts', keyOf(wanted.sha256, piece))) continue
    await db.put('parts', await fetchPiece(wanted, piece * pieceBytes), keyOf(wanted.sha256, piece))
  }
  await show(wanted)
}

/** Switches over to a map that is whole and right; a wrong one is fetched again in another round. */
async function show(fetched: StreetFile): Promise<void> {
  const { shown, wanted } = (await fact('streets')) ?? {}
  const isRight = (await sha256(new Uint8Array(await readStreets(fetched, 0, fetched.byteSize)))) === fetched.sha256
  if (!isRight) return await dropPiecesBut([shown])
  if (wanted?.sha256 !== fetched.sha256) return
  await keepFact('streets', { shown: fetched })
  await dropPiecesBut([fetched])
  changed()
}

async function fetchPiece({ sha256: hash, byteSize }: StreetFile, start: number): Promise<Bytes> {
  const last = Math.min(start + pieceBytes, byteSize) - 1
  const response = await ask(`/v1/sync/parts/${hash}`, { headers: { Range: `bytes=${start}-${last}` } })
  return new Uint8Array(await response.arrayBuffer())
}

/** Reads `length` bytes from `start` on, or as many as there are. */
export async function readStreets({ sha256: hash, byteSize }: StreetFile, start: number, length: number): Promise<ArrayBuffer> {
  const [db, end] = [await database(), Math.min(start + length, byteSize)]
  const read = new Uint8Array(Math.max(0, end - start))
  for (let at = start; at < end; ) {
    const [piece, within] = [Math.floor(at / pieceBytes), at % pieceBytes]
    const bytes = await db.get('parts', keyOf(hash, piece))
    if (!bytes) throw new Error(`a piece of the map is missing: ${piece}`)
    const taken = bytes.subarray(within, Math.min(bytes.length, within + end - at))
    read.set(taken, at - start)
    at += taken.length
  }
  return read.buffer
}

async function dropPiecesBut(files: (StreetFile | undefined)[]): Promise<void> {
  const db = await database()
  const isNeeded = (key: string) => files.some((file) => file && key.startsWith(`${file.sha256}/`))
  for (const key of await db.getAllKeys('parts')) if (isStreetPiece(key) && !isNeeded(key)) await db.delete('parts', key)
}
