/** The forms and boundaries: believed by signature, fetched by hash, switched over when all of them are there. */
import { Problem } from '../../api/client'
import { text } from '../../texts/catalogue'
import { changed } from '../store/changes'
import { database, fact, keepFact, type Manifest, type Part } from '../store/database'
import { fromBase64Url, sha256, type Bytes } from '../store/encryption'
import { isStreetPiece, streetPath, wantStreets } from '../streets/streetFile'
import { ask } from './wire'

export interface PackagedForm {
  formId: string
  version: string
  title: string
  parts: Part[]
}

/** Brings the forms up to date; what is there stays until all of the new is there and right. */
export async function fetchPackage(): Promise<void> {
  const kept = await fact('package')
  const manifest = await readManifest()
  if (manifest.version < (kept?.version ?? 0)) throw untrusted()
  // A map of streets is large; it comes afterwards, piece by piece.
  const parts = manifest.parts.filter(({ path }) => path !== streetPath)
  await fetchParts(parts)
  await keepFact('package', { ...manifest, parts })
  await dropPartsBut([...parts, ...(kept?.parts ?? []), ...(await partsStillUsed())].map((part) => part.sha256))
  const streets = manifest.parts.find(({ path }) => path === streetPath)
  await wantStreets(streets && { sha256: streets.sha256, byteSize: streets.byte_size })
  changed()
}

async function readManifest(): Promise<Manifest> {
  const [response, enrolment] = [await ask('/v1/sync/package'), await fact('enrolment')]
  const raw = new Uint8Array(await response.arrayBuffer())
  const signature = fromBase64Url(response.headers.get('Saha-Signature') ?? '')
  if (!(await isSigned(raw, signature, fromBase64Url(enrolment?.signingKey ?? '')))) throw untrusted()
  return JSON.parse(new TextDecoder().decode(raw)) as Manifest
}

export async function fetchParts(parts: Part[]): Promise<void> {
  for (const { sha256: hash } of parts) await fetchPart(hash)
}

/** Returned forms and drafts are opened with their own version, which need not be the package's any more. */
async function partsStillUsed(): Promise<Part[]> {
  const db = await database()
  return [...(await db.getAll('returned')), ...(await db.getAll('drafts'))].flatMap(({ parts }) => parts ?? [])
}

async function fetchPart(hash: string): Promise<void> {
  const db = await database()
  if (await db.getKey('parts', hash)) return
  const bytes: Bytes = new Uint8Array(await (await ask(`/v1/sync/parts/${hash}`)).arrayBuffer())
  if ((await sha256(bytes)) !== hash) throw untrusted()
  await db.put('parts', bytes, hash)
}

async function dropPartsBut(hashes: string[]): Promise<void> {
  const [db, needed] = [await database(), new Set(hashes)]
  for (const key of await db.getAllKeys('parts')) if (!needed.has(key) && !isStreetPiece(key)) await db.delete('parts', key)
}

async function isSigned(raw: Bytes, signature: Bytes, key: Bytes): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
  return await crypto.subtle.verify('Ed25519', imported, signature, raw)
}

function untrusted(): Problem {
  return new Problem(0, 'package.untrusted', text('problem.title'), text('tablet.package.untrusted'))
}

async function part(path: string): Promise<Bytes | undefined> {
  const found = (await fact('package'))?.parts.find((one) => one.path === path)
  return found && (await (await database()).get('parts', found.sha256))
}

export function packagedBoundaries(): Promise<Bytes | undefined> {
  return part('mahalle.geojson')
}

export async function packagedJson<T>(path: string): Promise<T | undefined> {
  const bytes = await part(path)
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T)
}

/** The files of a form by name; `form.xml` is the form itself. */
export async function formFiles(formId: string, version: string): Promise<Map<string, Bytes>> {
  const folder = `forms/${encodeURIComponent(formId)}/${encodeURIComponent(version)}/`
  const files = new Map<string, Bytes>()
  const db = await database()
  for (const { path, sha256: hash } of [...((await fact('package'))?.parts ?? []), ...(await partsStillUsed())]) {
    const bytes = path.startsWith(folder) ? await db.get('parts', hash) : undefined
    if (bytes) files.set(decodeURIComponent(path.slice(folder.length)), bytes)
  }
  return files
}

export async function packagedForms(): Promise<PackagedForm[]> {
  const parts = (await fact('package'))?.parts ?? []
  const forms = await Promise.all(parts.map(({ path }) => formAt(path, parts)))
  return forms.filter((form) => form !== undefined).sort((a, b) => a.title.localeCompare(b.title, 'tr'))
}

async function formAt(path: string, parts: Part[]): Promise<PackagedForm | undefined> {
  const [, formId, version] = /^forms\/([^/]+)\/([^/]+)\/form\.xml$/.exec(path) ?? []
  if (!formId || !version) return undefined
  const xml = new TextDecoder().decode(await part(path))
  const title = new DOMParser().parseFromString(xml, 'application/xml').querySelector('title')?.textContent
  const own = parts.filter((one) => one.path.startsWith(`forms/${formId}/${version}/`))
  return { formId: decodeURIComponent(formId), version: decodeURIComponent(version), title: title ?? formId, parts: own }
}
