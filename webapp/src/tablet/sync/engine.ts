/** When the tablet talks to the server: at start, when a network comes, after each item, and every so often. One at a time. */
import { reactive } from 'vue'
import { Problem, sentenceOf } from '../../api/client'
import { lookForNewVersion } from '../offline/installing'
import { wakeForOutbox } from '../offline/waking'
import { onChange } from '../store/changes'
import { text } from '../../texts/catalogue'
import { database, fact } from '../store/database'
import { isFull, withLastReserve } from '../store/diskSpace'
import { renewal } from '../store/renewal'
import { session } from '../store/session'
import { fetchStreets } from '../streets/streetFile'
import { fetchPackage } from './formPackage'
import { sendPhotos } from './photoUploads'
import { pull } from './pull'
import { isNoting } from './presence'
import { forgetOld, heldBackForMs, push } from './push'
import { fetchReturned } from './returnedForms'
import { sendAgain } from './sendAgain'
import { isUnknownThere, unreached } from './wire'

/** `isTooOld`: the server gives this version of the application nothing new any more. */
export const syncState = reactive({ isRunning: false, isReached: true, isTooOld: false, lastAt: '', trouble: '' })

const shortestWaitS = 5
/** Whoever shares where they are is seen on the office's board within this. */
const sharingMs = 300_000
let failures = 0
let timer: number | undefined
let wantedAgain: { evenHeld: boolean } | undefined

/**
 * One round as the contract orders it: push before pull, forms before their photos. Resolves when it is through.
 * `evenHeld`: also what could still be taken back.
 */
export async function syncNow({ evenHeld = false } = {}): Promise<void> {
  if (!(await isOurs())) return
  if (syncState.isRunning) {
    wantedAgain = { evenHeld: evenHeld || Boolean(wantedAgain?.evenHeld) }
    return
  }
  syncState.isRunning = true
  try {
    // Two windows of one tablet must not push at once.
    await navigator.locks.request('saha-sync', () => round(evenHeld))
  } finally {
    syncState.isRunning = false
  }
  const wanted = wantedAgain
  wantedAgain = undefined
  if (wanted) await syncNow(wanted)
}

/** Not before the tablet is enrolled; nor when a newer window does it from now on. */
const isOurs = async () => !renewal.isClosed && Boolean(await fact('enrolment'))

async function round(evenHeld: boolean): Promise<void> {
  try {
    const { nextAt, isServerOlder } = await withLastReserve(() => talk(evenHeld))
    failures = 0
    const trouble = isServerOlder ? text('tablet.serverOlder') : ''
    Object.assign(syncState, { isReached: true, isTooOld: false, trouble, lastAt: new Date().toISOString() })
    const everyMs = Math.min(((await fact('contact'))?.limits.next_contact_s ?? 900) * 1000, isNoting.value ? sharingMs : Infinity)
    // Large, and nobody's work waits for it; what fails is fetched in another round.
    void fetchStreets().catch(() => undefined)
    again(Math.min(everyMs, nextAt ? Math.max(0, nextAt - Date.now()) : everyMs))
  } catch (error) {
    if (renewal.isClosed) return
    failures += 1
    tell(error)
    again(waitAfter(error) * 1000)
    await wakeIfWaiting()
  }
}

function tell(error: unknown): void {
  const code = error instanceof Problem ? error.code : ''
  const [isReached, isTooOld] = [code !== 'network', code === 'sync.app_too_old']
  Object.assign(syncState, { isReached, isTooOld, trouble: isReached ? troubleOf(error) : '' })
  // Once it is here it takes over where nothing can be lost.
  if (isTooOld) void lookForNewVersion()
}

const troubleOf = (error: unknown) => (isFull(error) ? text('tablet.diskFull') : sentenceOf(error))

async function wakeIfWaiting(): Promise<void> {
  if (await firstWaiting()) await wakeForOutbox()
}

async function firstWaiting() {
  const records = await (await database()).getAllFromIndex('outbox', 'seq')
  return records.find(({ state }) => state === 'tablet' || state === 'sending')
}

interface Talked {
  /** When what is held back for undoing may leave. */
  nextAt?: number
  isServerOlder: boolean
}

async function talk(evenHeld: boolean): Promise<Talked> {
  // Known to be without a network: nothing is marked as being sent, so all of it can still be taken back.
  if (!navigator.onLine) throw unreached()
  const nextAt = await push(evenHeld)
  const asked = [await isKnownThere(sendPhotos)]
  // What is pulled is encrypted with the team's key, which only somebody signed in has.
  if (session.value) {
    const version = await pull()
    if (await sendAgain()) return await talk(evenHeld)
    if (await isPackageWanted(version)) asked.push(await isKnownThere(fetchPackage))
    await fetchReturned()
  }
  await forgetOld()
  return { nextAt, isServerOlder: asked.includes(false) }
}

/** An older server does not know all of this: what it does not know holds up nothing else. */
async function isKnownThere(act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (problem) {
    if (!isUnknownThere(problem)) throw problem
    return false
  }
}

/** Also by an application that knows of the map of streets for the first time, whose manifest was read without it. */
async function isPackageWanted(version: number): Promise<boolean> {
  return (await fact('package'))?.version !== version || (await fact('streets')) === undefined
}

/** Full jitter, so that a whole town's tablets do not come back together. */
function waitAfter(error: unknown): number {
  const told = error instanceof Problem ? Number(error.extra.retry_after_s ?? 0) : 0
  return told + Math.random() * Math.min(900, shortestWaitS * 2 ** Math.min(failures, 8))
}

function again(inMs: number): void {
  window.clearTimeout(timer)
  timer = window.setTimeout(() => void syncNow(), inMs)
}

export function startSyncing(): void {
  window.addEventListener('online', () => void syncNow())
  window.addEventListener('offline', () => (syncState.isReached = false))
  let waits: number | undefined
  onChange(() => {
    if (syncState.isRunning) return
    window.clearTimeout(waits)
    waits = window.setTimeout(() => void syncWaiting(), 300)
  })
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) void wakeIfWaiting()
  })
  window.setInterval(() => void lookForNewVersion(), 3_600_000)
  void syncNow()
}

/** After something was done: sends what may leave now, or comes back when it may. */
async function syncWaiting(): Promise<void> {
  const waiting = await firstWaiting()
  if (!waiting) return
  const inMs = heldBackForMs(waiting)
  if (inMs > 0) again(inMs)
  else await syncNow()
}
