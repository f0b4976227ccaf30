/**
 * The municipality's map of streets (PMTiles), where it offers one: fetched piece by piece, so that a broken line costs
 * one piece, and read piece by piece, never whole. It is no personal data and lies in clear. Drawn by `streetLayer.ts`.
 */
import { changed } from '../store/changes'
import { database, fact, keepFact, type StreetFile, type WrongStreets } from '../store/database'
import { lookAtDiskSpace, diskSpace } from '../store/diskSpace'
import { sha256, type Bytes } from '../store/encryption'
import { ask } from '../sync/wire'

export const streetPath = 'harita.pmtiles'
const pieceBytes = 1 << 20
/** What must stay free for the work itself, photos above all. */
const leftFreeBytes = 1_000_000_000
/** What came whole and wrong will hardly be right a minute later, and is a hundred megabytes. */
const firstWaitMs = 3_600_000
const longestWaitMs = 7 * 86_400_000

const keyOf = (hash: string, piece: number) => `${hash}/${piece}`
export const isStreetPiece = (key: string) => key.includes('/')

/** Notes which map the package names now; the one that is shown stays until the new one is whole. */
export async function wantStreets(named: StreetFile | undefined): Promise<void> {
  if (!named) {
    await keepFact('streets', {})
    return await dropPiecesBut([])
  }
  const { shown, wrong } = (await fact('streets')) ?? {}
  const isNamed = (one: { sha256: string } | undefined) => one?.sha256 === named.sha256
  await keepFact('streets', { shown, wanted: isNamed(shown) ? undefined : named, wrong: isNamed(wrong) ? wrong : undefined })
  await dropPiecesBut([named, shown])
}

/** Fetches what is missing of the wanted map. Throws what `ask` throws; the next call goes on where this one stopped. */
export async function fetchStreets(): Promise<void> {
  const { shown, wanted: named, wrong } = (await fact('streets')) ?? {}
  // Also what was there once: pieces of it may be gone.
  const wanted = named ?? ((await isWhole(shown)) ? undefined : shown)
  if (!wanted || isPutOff(wanted, wrong)) return
  await lookAtDiskSpace()
  if (diskSpace.freeBytes - wanted.byteSize < leftFreeBytes) return
  // Two windows would fetch each piece twice.
  await navigator.locks.request('saha-streets', { ifAvailable: true }, async (lock) => {
    if (lock) await fetchAll(wanted)
  })
}

async function isWhole(shown: StreetFile | undefined): Promise<boolean> {
  if (!shown) return true
  const kept = await (await database()).count('parts', IDBKeyRange.bound(`${shown.sha256}/`, `${shown.sha256}/\uffff`))
  return kept >= Math.ceil(shown.byteSize / pieceBytes)
}

/** Not for longer than the longest wait, whatever became of the clock meanwhile. */
function isPutOff({ sha256: hash }: StreetFile, wrong: WrongStreets | undefined): boolean {
  const leftMs = (wrong?.sha256 === hash ? wrong.notBefore : 0) - Date.now()
  return leftMs > 0 && leftMs <= longestWaitMs
}

async function fetchAll(wanted: StreetFile): Promise<void> {
  const db = await database()
  for (let piece = 0; piece * pieceBytes < wanted.byteSize; piece += 1) {
    if (await db.getKey('parts', keyOf(wanted.sha256, piece))) continue
    await db.put('parts', await fetchPiece(wanted, piece * pieceBytes), keyOf(wanted.sha256, piece))
  }
  await show(wanted)
}

/** Switches over to a map that is whole and right; a wrong one is fetched again, each time after a longer wait. */
async function show(fetched: StreetFile): Promise<void> {
  const { shown, wanted, wrong } = (await fact('streets')) ?? {}
  if ((wanted ?? shown)?.sha256 !== fetched.sha256) return
  const isRight = (await sha256(new Uint8Array(await readStreets(fetched, 0, fetched.byteSize)))) === fetched.sha256
  if (!isRight) {
    const stays = shown?.sha256 === fetched.sha256 ? undefined : shown
    await keepFact('streets', { shown: stays, wanted: fetched, wrong: putOff(fetched, wrong) })
    return await dropPiecesBut([stays])
  }
  await keepFact('streets', { shown: fetched })
  await dropPiecesBut([fetched])
  changed()
}

function putOff({ sha256: hash }: StreetFile, before: WrongStreets | undefined): WrongStreets {
  const times = before?.sha256 === hash ? before.times + 1 : 1
  return { sha256: hash, times, notBefore: Date.now() + Math.min(longestWaitMs, firstWaitMs * 2 ** (times - 1)) }
}

async function fetchPiece({ sha256: hash, byteSize }: StreetFile, start: number): Promise<Bytes> {
  const last = Math.min(start + pieceBytes, byteSize) - 1
  const response = await ask(`/v1/sync/parts/${hash}`, { headers: { Range: `bytes=${start}-${last}` } })
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.length !== last - start + 1) throw new Error('a piece of the map came short')
  return bytes
}

/** Reads `length` bytes from `start` on, or as many as there are. */
export async function readStreets({ sha256: hash, byteSize }: StreetFile, start: number, length: number): Promise<ArrayBuffer> {
  const [db, end] = [await database(), Math.min(start + length, byteSize)]
  const read = new Uint8Array(Math.max(0, end - start))
  for (let at = start; at < end; ) {
    const [piece, within] = [Math.floor(at / pieceBytes), at % pieceBytes]
    const bytes = await db.get('parts', keyOf(hash, piece))
    if (!bytes || bytes.length <= within) throw new Error(`a piece of the map is missing: ${piece}`)
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
