/**
 * What the server gave this tablet: pages of the feed, each encrypted as a whole and stored with its cursor, folded into
 * memory at sign-in. Pages, not items: a hundred thousand targets are two hundred decryptions, and a page is one write.
 */
import { changed, tellShown, whenShownElsewhere } from './changes'
import { database, type PullState } from './database'
import { open, seal } from './encryption'
import type { FeedItem, Items, Kind } from './feedItems'
import { OwnRows, type OwnChange } from './ownRows'
import { session, signedIn } from './session'

const boundTo = 'page'
const itemsPerPage = 500
type Held = { [K in Kind]: Map<string, Items[K]> }
const nothing = (): Held => ({ target: new Map(), assignment: new Map(), history: new Map(), submission: new Map() })

export let held: Held = nothing()
const ownRows = new OwnRows()
let coming: FeedItem[] = []
const shownListeners = new Set<(items: FeedItem[], isAnew: boolean) => void>()

/** Told of every change of what is held; `isAnew`: everything before it is gone. */
export function whenShown(listener: (items: FeedItem[], isAnew: boolean) => void): void {
  shownListeners.add(listener)
}

export async function pullState(): Promise<PullState> {
  const kept = (await (await database()).get('facts', 'pull')) as PullState | undefined
  return kept ?? { generation: 1, shownUpTo: 0 }
}

export function forgetHeld(): void {
  ownRows.lift(held)
  ownRows.lay(held, [])
  held = nothing()
  coming = []
  tell([], true)
}

/** Throws away what the server gave; the next pull begins at zero. What was made here is not touched. */
export async function dropHeld(): Promise<void> {
  const transaction = (await database()).transaction(['pages', 'facts'], 'readwrite')
  await transaction.objectStore('pages').clear()
  await transaction.objectStore('facts').delete('pull')
  await transaction.done
  forgetHeld()
}

/** Reads everything into memory after signing in. What cannot be read under today's key comes anew from the server. */
export async function loadHeld(): Promise<void> {
  await readPages().catch(dropHeld)
}

/** Pages of a pull that is not through yet wait. */
async function readPages(): Promise<void> {
  const [db, stands, key] = [await database(), await pullState(), signedIn().keys.team]
  const shown: FeedItem[] = []
  coming = []
  for (const number of await db.getAllKeys('pages')) {
    const page = await db.get('pages', number)
    if (!page) continue
    const items = await open<FeedItem[]>(key, page.content, boundTo)
    if (page.generation === stands.generation && number <= stands.shownUpTo) for (const item of items) shown.push(item)
    else coming.push(...items)
  }
  show(shown, true)
}

whenShownElsewhere(() => {
  if (session.value) void loadHeld()
})

function show(items: FeedItem[], isAnew: boolean): void {
  ownRows.lift(held)
  if (isAnew) held = nothing()
  for (const item of items) {
    const map = held[item.kind] as Map<string, FeedItem> | undefined
    if (item.op === 'rm') map?.delete(item.id)
    else map?.set(item.id, item)
  }
  tell([...items, ...ownRows.lay(held)], isAnew)
  changed()
}

function tell(items: FeedItem[], isAnew: boolean): void {
  for (const listener of shownListeners) listener(items, isAnew)
}

/** Shows what was done here and the server does not show yet; whoever asks for it tells the pages. */
export function layOver(changes: readonly OwnChange[]): void {
  const lifted = ownRows.lift(held)
  tell([...lifted, ...ownRows.lay(held, changes)], false)
}

/** Stores a page and its cursor together; the last one shows all that came. */
export async function storePage(items: FeedItem[], cursor: string, more: boolean): Promise<void> {
  const content = await seal(signedIn().keys.team, items, boundTo)
  const transaction = (await database()).transaction(['pages', 'facts'], 'readwrite')
  const stands = await pullStateIn(transaction.objectStore('facts'))
  const generation = stands.beside?.generation ?? stands.generation
  const number = await transaction.objectStore('pages').add({ generation, content })
  await transaction.objectStore('facts').put(reached(stands, generation, cursor, more ? undefined : number), 'pull')
  await transaction.done
  coming.push(...items)
  if (!more) await showComing(stands.beside && generation)
}

/** Where the pull stands after a page; `last` is the page with which it is through. */
function reached(stands: PullState, generation: number, cursor: string, last?: number): PullState {
  if (last !== undefined) return { generation, cursor, shownUpTo: last, sendsAgain: stands.sendsAgain }
  return stands.beside ? { ...stands, beside: { generation, cursor } } : { ...stands, cursor }
}

/** Shows what came; `anew` is the generation that takes the place of what was there. */
async function showComing(anew?: number): Promise<void> {
  const came = coming
  coming = []
  if (anew !== undefined) await dropPagesBut(anew)
  show(came, anew !== undefined)
  await makeShort()
  if (came.length || anew !== undefined) tellShown()
}

/** After a reset: pull from zero beside what is shown. */
export async function beginAnew(reason: string): Promise<void> {
  const stands = await pullState()
  const generation = (stands.beside?.generation ?? stands.generation) + 1
  const sendsAgain = stands.sendsAgain || reason === 'epoch' || reason === 'ahead'
  coming = []
  await (await database()).put('facts', { ...stands, beside: { generation }, sendsAgain }, 'pull')
  await dropPagesBut(stands.generation, generation)
}

async function pullStateIn(facts: { get(key: string): Promise<unknown> }): Promise<PullState> {
  return ((await facts.get('pull')) as PullState | undefined) ?? { generation: 1, shownUpTo: 0 }
}

async function dropPagesBut(...generations: number[]): Promise<void> {
  const transaction = (await database()).transaction('pages', 'readwrite')
  for (let cursor = await transaction.store.openCursor(); cursor; cursor = await cursor.continue()) {
    if (!generations.includes(cursor.value.generation)) await cursor.delete()
  }
  await transaction.done
}

/** Writes what is held anew once there are far more pages than it needs. */
async function makeShort(): Promise<void> {
  const db = await database()
  ownRows.lift(held)
  const items = Object.values(held).flatMap((map) => [...map.values()] as FeedItem[])
  ownRows.lay(held)
  const needed = Math.ceil(items.length / itemsPerPage)
  if ((await db.count('pages')) <= 2 * needed + 40) return
  const pages: FeedItem[][] = Array.from({ length: needed }, (_, at) => items.slice(at * itemsPerPage, (at + 1) * itemsPerPage))
  const contents = await Promise.all(pages.map((page) => seal(signedIn().keys.team, page, boundTo)))
  const transaction = db.transaction(['pages', 'facts'], 'readwrite')
  const stands = await pullStateIn(transaction.objectStore('facts'))
  await transaction.objectStore('pages').clear()
  let shownUpTo = stands.shownUpTo
  for (const content of contents) shownUpTo = await transaction.objectStore('pages').add({ generation: stands.generation, content })
  await transaction.objectStore('facts').put({ ...stands, shownUpTo }, 'pull')
  await transaction.done
}
