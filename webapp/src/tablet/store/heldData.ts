/**
 * What the server gave this tablet: pages of the feed, each encrypted as a whole and stored with its cursor, folded into
 * memory at sign-in. Pages, not items: a hundred thousand targets are two hundred decryptions, and a page is one write.
 */
import { changed, tellShown, whenShownElsewhere } from './changes'
import { database, type PullState } from './database'
import { open, seal } from './encryption'
import type { FeedItem } from './feedItems'
import { keepFirstThings, readFirstThings, type Held } from './firstThings'
import { OwnRows, type OwnChange } from './ownRows'
import { session, signedIn } from './session'

const boundTo = 'page'
const itemsPerPage = 500
// So many pages are decrypted together; between two lots the page can answer a finger.
const pagesAtOnce = 8
const nothing = (): Held => ({ target: new Map(), assignment: new Map(), history: new Map(), submission: new Map() })

export let held: Held = nothing()
const ownRows = new OwnRows()
let coming: FeedItem[] = []
/** Until all is read, what is pulled waits. */
let reading: Promise<void> = Promise.resolve()
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
  await transaction.objectStore('facts').delete('first')
  await transaction.done
  forgetHeld()
}

/**
 * Reads what the list of the day needs; the rest follows by itself. What cannot be read under today's key comes anew from the
 * server.
 */
export async function loadHeld(): Promise<void> {
  const first = await readFirstThings()
  if (first) show(first, true)
  reading = readPages().catch(dropHeld)
  if (!first) await reading
}

/** Resolves once everything is in memory. */
export const allRead = () => reading

/** Pages of a pull that is not through yet wait. */
async function readPages(): Promise<void> {
  const [db, stands, began] = [await database(), await pullState(), session.value]
  const [whole, numbers] = [nothing(), await db.getAllKeys('pages')]
  coming = []
  tell([], true)
  for (let at = 0; at < numbers.length; at += pagesAtOnce) {
    for (const { number, generation, items } of await readLot(numbers.slice(at, at + pagesAtOnce))) {
      if (session.value !== began) return
      const isShown = generation === stands.generation && number <= stands.shownUpTo
      if (!isShown) coming.push(...items)
      else fold(whole, items)
      if (isShown) tell(items, false)
    }
  }
  ownRows.lift(held)
  held = whole
  tell(ownRows.lay(held), false)
  changed()
}

async function readLot(numbers: number[]) {
  const db = await database()
  const lot = numbers.map(async (number) => {
    const page = await db.get('pages', number)
    const items = page ? await open<FeedItem[]>(signedIn().keys.team, page.content, boundTo) : []
    return { number, generation: page?.generation, items }
  })
  return await Promise.all(lot)
}

whenShownElsewhere(() => {
  if (session.value) reading = readPages().catch(dropHeld)
})

function fold(into: Held, items: FeedItem[]): void {
  for (const item of items) {
    const map = into[item.kind] as Map<string, FeedItem> | undefined
    if (item.op === 'rm') map?.delete(item.id)
    else map?.set(item.id, item)
  }
}

function show(items: FeedItem[], isAnew: boolean): void {
  ownRows.lift(held)
  if (isAnew) held = nothing()
  fold(held, items)
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

/** Looks at the server's rows alone; what is looked at must be taken at once. */
function withoutOwn<Seen>(look: () => Seen): Seen {
  ownRows.lift(held)
  const seen = look()
  ownRows.lay(held)
  return seen
}

/** Stores a page and its cursor together; the last one shows all that came. */
export async function storePage(items: FeedItem[], cursor: string, more: boolean): Promise<void> {
  await reading
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
  if (!came.length && anew === undefined) return
  await withoutOwn(() => keepFirstThings(held))
  tellShown()
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
  const items = withoutOwn(() => Object.values(held).flatMap((map) => [...map.values()] as FeedItem[]))
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
