/** AES-256-GCM for whatever is written, and the keys themselves wrapped by what a PIN makes. Keys are never extractable here. */

export type Bytes = Uint8Array<ArrayBuffer>
export interface Sealed {
  iv: Bytes
  data: Bytes
}
export interface OpenKeys {
  team: CryptoKey
  worker: CryptoKey
}
export interface WrappedKeys {
  salt: Bytes
  rounds: number
  team: Sealed
  worker: Sealed
}

const cipher = 'AES-GCM'
const rounds = 600_000
const writer = new TextEncoder()

export function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length))
}
export function toBase64Url(bytes: Bytes): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
export function fromBase64Url(text: string): Bytes {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
}
export async function sha256(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Encrypts bytes; `boundTo` says what they belong to, so that nothing can be put in the place of something else. */
export async function sealBytes(key: CryptoKey, bytes: BufferSource, boundTo: string): Promise<Sealed> {
  const iv = random(12)
  const sealed = await crypto.subtle.encrypt({ name: cipher, iv, additionalData: writer.encode(boundTo) }, key, bytes)
  return { iv, data: new Uint8Array(sealed) }
}
export async function openBytes(key: CryptoKey, sealed: Sealed, boundTo: string): Promise<Bytes> {
  const how = { name: cipher, iv: sealed.iv, additionalData: writer.encode(boundTo) }
  return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed.data))
}
export function seal(key: CryptoKey, value: unknown, boundTo: string): Promise<Sealed> {
  return sealBytes(key, writer.encode(JSON.stringify(value)), boundTo)
}
export async function open<T>(key: CryptoKey, sealed: Sealed, boundTo: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(key, sealed, boundTo))) as T
}

async function keyOfPin(pin: string, salt: Bytes, count: number): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey('raw', writer.encode(pin), 'PBKDF2', false, ['deriveKey'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: count }
  return await crypto.subtle.deriveKey(how, typed, { name: cipher, length: 256 }, false, ['encrypt', 'decrypt', 'unwrapKey'])
}

/** Wraps the keys that the server gave; the PIN is kept nowhere. */
export async function wrapKeys(pin: string, team: Bytes, worker: Bytes): Promise<WrappedKeys> {
  const salt = random(16)
  const wrapping = await keyOfPin(pin, salt, rounds)
  const wrapped = { team: await sealBytes(wrapping, team, 'team key'), worker: await sealBytes(wrapping, worker, 'worker key') }
  return { salt, rounds, ...wrapped }
}

/** The same keys under another PIN, or undefined where the old one is wrong. */
export async function wrapAnew(pin: string, newPin: string, wrapped: WrappedKeys): Promise<WrappedKeys | undefined> {
  const wrapping = await keyOfPin(pin, wrapped.salt, wrapped.rounds)
  try {
    const [team, worker] = [await openBytes(wrapping, wrapped.team, 'team key'), await openBytes(wrapping, wrapped.worker, 'worker key')]
    return await wrapKeys(newPin, team, worker)
  } catch {
    return undefined
  }
}

/** The keys, or undefined where the PIN is wrong. */
export async function unwrapKeys(pin: string, wrapped: WrappedKeys): Promise<OpenKeys | undefined> {
  const wrapping = await keyOfPin(pin, wrapped.salt, wrapped.rounds)
  const unwrap = ({ iv, data }: Sealed, boundTo: string) => {
    const how = { name: cipher, iv, additionalData: writer.encode(boundTo) }
    return crypto.subtle.unwrapKey('raw', data, wrapping, how, cipher, false, ['encrypt', 'decrypt'])
  }
  try {
    return { team: await unwrap(wrapped.team, 'team key'), worker: await unwrap(wrapped.worker, 'worker key') }
  } catch {
    return undefined
  }
}
