/**
 * Whether the browser may throw our data away, and how much room is left for it. Browsers no longer tell what is free on the
 * disk, so two reserves are laid aside: the first is given up when work finds no room, and the worker is told that little is
 * left; the last is for handing work over, which has to write a little before it makes room.
 */
import { reactive } from 'vue'
import { openDB, type IDBPDatabase } from 'idb'

export const diskSpace = reactive({ isKept: true, share: 0, freeBytes: Number.POSITIVE_INFINITY, hasReserve: true })
const tightBytes = 200_000_000
const reserves = { work: 16_000_000, 'handing over': 4_000_000 }
const mostRandomBytes = 65_536

export const isTight = () => diskSpace.share > 0.85 || diskSpace.freeBytes < tightBytes || !diskSpace.hasReserve
export const isFull = (error: unknown) => error instanceof DOMException && error.name === 'QuotaExceededError'

export async function lookAtDiskSpace(): Promise<void> {
  const { storage } = navigator
  diskSpace.isKept = (await storage.persisted()) || (await storage.persist())
  const { usage = 0, quota = 0 } = await storage.estimate()
  if (quota) Object.assign(diskSpace, { share: usage / quota, freeBytes: quota - usage })
  await keepReserves()
}

/** A database of their own: so large a write would hold up whoever reads or writes beside it. */
let opened: Promise<IDBPDatabase> | undefined
function reserveDatabase(): Promise<IDBPDatabase> {
  opened ??= openDB('saha-reserve', 1, { upgrade: (db) => void db.createObjectStore('reserves') })
  return opened
}

/** Lays the reserves aside where there is room for them, the last one first. */
async function keepReserves(): Promise<void> {
  const db = await reserveDatabase()
  for (const [name, byteSize] of Object.entries(reserves).reverse()) {
    if (await db.getKey('reserves', name)) continue
    await db.put('reserves', noise(byteSize), name).catch(() => undefined)
  }
  diskSpace.hasReserve = (await db.getKey('reserves', 'work')) !== undefined
}

/** Not zeros, which may be stored as next to nothing. */
function noise(byteSize: number): Uint8Array {
  const bytes = new Uint8Array(byteSize)
  for (let at = 0; at < byteSize; at += mostRandomBytes) crypto.getRandomValues(bytes.subarray(at, at + mostRandomBytes))
  return bytes
}

async function spend(name: keyof typeof reserves): Promise<boolean> {
  const db = await reserveDatabase()
  if (!(await db.getKey('reserves', name))) return false
  await db.delete('reserves', name)
  diskSpace.hasReserve = false
  return true
}

/** Writes work; where there is no room for it, in that of the reserve. Throws what writing throws. */
export async function withReserve<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isFull(error) || !(await spend('work'))) throw error
    return await write()
  }
}

/** The same for what hands work over, which may have the last reserve, too. */
export async function withLastReserve<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await withReserve(write)
  } catch (error) {
    if (!isFull(error) || !(await spend('handing over'))) throw error
    return await write()
  }
}
