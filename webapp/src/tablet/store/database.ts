/** The one IndexedDB of the tablet. In clear lie ids, kinds, counts, states and times; staff's names in the profile; public forms. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Bytes, Sealed, WrappedKeys } from './encryption'
import { giveUp } from './renewal'

export interface NamedId {
  id: string
  name: string
}
export interface Profile {
  device: { id: string; label: string }
  team: NamedId
  workers: NamedId[]
  municipality: string
  names?: CodeNames
  /** Of the next two weeks; an older server does not say, and then no positions are noted. */
  shifts?: ShiftDay[]
}
/** `starts` and `ends`: HH:MM:SS in Istanbul. */
export interface ShiftDay {
  day: string
  starts: string
  ends: string
}
/** Names by code. */
export interface CodeNames {
  visit_types: Record<string, string>
  categories: Record<string, string>
  statuses: Record<string, string>
  /** Type of visit -> the form that is opened for it; an older server does not say. */
  forms?: Record<string, string>
  /** By id; an older server does not say. */
  teams?: Record<string, string>
}
export interface Limits {
  operations: number
  bytes: number
  photo_parallelism: number
  pull_limit: number
  next_contact_s: number
}
export interface Part {
  path: string
  sha256: string
  byte_size: number
  media_type: string
}
export interface Manifest {
  format: number
  version: number
  parts: Part[]
}
/** The map of streets as the package names it. */
export interface StreetFile {
  sha256: string
  byteSize: number
}
/** A map that came whole and did not hash to its name, so often; not fetched again before (Unix ms). */
export interface WrongStreets {
  sha256: string
  times: number
  notBefore: number
}
/** Where the pull stands. `beside`: a load from zero that is under way beside what is shown, after a reset. */
export interface PullState {
  generation: number
  cursor?: string
  shownUpTo: number
  beside?: { generation: number; cursor?: string }
  sendsAgain?: boolean
}
/** What the tablet knows once; every name is a record of its own. */
export interface Facts {
  /** `keysOf`: the id of its first enrolment, where it was enrolled anew since; what lies here is encrypted with its keys. */
  enrolment: { deviceId: string; token: string; signingKey: string; keyId: string; keysOf?: string }
  /** Made before it is asked for, so that a lost answer is asked for again with the same. */
  enrolling: { code: string; token: string }
  profile: { tag: string; profile: Profile }
  pull: PullState
  seq: number
  package: Manifest
  streets: { shown?: StreetFile; wanted?: StreetFile; wrong?: WrongStreets }
  contact: { serverTime: string; limits: Limits }
  /** How much the centre takes to lie here unsent. */
  toldUnsent: number
  /** What the list of the day needs (firstThings.ts). */
  first: Sealed
}
export interface KeptWorker {
  id: string
  teamId: string
  keys: WrappedKeys
  leaseUntil: string
  leaseMs: number
  wrongPins: number
  notBefore: number
  /** Whether they agreed that the tablet tells where it is; nothing until they were asked. */
  sharesPosition?: boolean
  /** The version of the notice that they agreed to; the first where none stands. */
  noticeAgreed?: number
}
export type OutboxState = 'tablet' | 'sending' | 'centre' | 'refused'
/** `body` is `{kind, payload}` as the server opens it too; `note` is what only the worker's list needs. */
export interface OutboxRecord {
  id: string
  seq: number
  workerId: string
  what: 'submission' | 'create' | 'update'
  at: string
  state: OutboxState
  body: Sealed
  note: Sealed
  holdUntil?: number
  instanceId?: string
  /** Of one tap that made several: the first of them, with which it is taken back. */
  together?: string
  /** What it is about: changed or made by it, or visited. */
  entityId?: string
  /** The instance id of the returned form that this one corrects. */
  amends?: string
  /** Without a trunk it began with the creation. */
  branch?: { id: string; trunk?: number; base: number }
  /** What the tablet shows of it until the server does (`OwnChange[]`), by the team's key. */
  shows?: Sealed
  answeredAt?: string
  code?: string
  sentence?: string
}
export interface PhotoRecord {
  id: string
  /** The draft or the outbox item it belongs to. */
  owner: string
  workerId: string
  place: string
  sha256: string
  byteSize: number
  mediaType: string
  content: Sealed
  state: 'draft' | 'waiting' | 'uploaded'
  upload?: string
}
export interface DraftRecord {
  id: string
  workerId: string
  updatedAt: string
  content: Sealed
  targetId?: string
  /** The files of its form, so that they are kept. */
  parts?: Part[]
}
/** A returned form as the server sealed it for its author, and the form's version with which it is opened. */
export interface ReturnedRecord {
  id: string
  workerId: string
  content: Sealed
  photos: { sha256: string; content: Sealed }[]
  parts: Part[]
}
export interface Schema extends DBSchema {
  facts: { key: string; value: unknown }
  workers: { key: string; value: KeptWorker }
  pages: { key: number; value: { generation: number; content: Sealed } }
  outbox: { key: string; value: OutboxRecord; indexes: { seq: number } }
  photos: { key: string; value: PhotoRecord; indexes: { owner: string } }
  drafts: { key: string; value: DraftRecord }
  parts: { key: string; value: Bytes }
  returned: { key: string; value: ReturnedRecord }
}
export type SahaDatabase = IDBPDatabase<Schema>

/** What each version of the database added; a tablet goes through those that it has not been through. */
const steps: ((db: SahaDatabase) => void)[] = [
  (db) => {
    db.createObjectStore('facts')
    db.createObjectStore('workers', { keyPath: 'id' })
    db.createObjectStore('pages', { autoIncrement: true })
    db.createObjectStore('outbox', { keyPath: 'id' }).createIndex('seq', 'seq')
    db.createObjectStore('photos', { keyPath: 'id' }).createIndex('owner', 'owner')
    db.createObjectStore('drafts', { keyPath: 'id' })
    db.createObjectStore('parts')
  },
  (db) => void db.createObjectStore('returned', { keyPath: 'id' }),
]
let opened: Promise<SahaDatabase> | undefined

export function database(): Promise<SahaDatabase> {
  opened ??= openDB<Schema>('saha', 2, {
    upgrade(db, before) {
      for (const step of steps.slice(before)) step(db)
    },
    // A newer version of the application waits for this: let it have the data.
    blocking: (_current, _wanted, event) => void giveUp(event.target as IDBDatabase),
  })
  return opened
}

export async function fact<Name extends keyof Facts>(name: Name): Promise<Facts[Name] | undefined> {
  return (await (await database()).get('facts', name)) as Facts[Name] | undefined
}
export async function keepFact<Name extends keyof Facts>(name: Name, value: Facts[Name]): Promise<void> {
  await (await database()).put('facts', value, name)
}
