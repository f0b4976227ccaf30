/** Pulling what changed, page by page, and noticing what else has to be fetched. */
import { Problem } from '../../api/client'
import { text } from '../../texts/catalogue'
import { database, fact, keepFact, type Limits } from '../store/database'
import type { FeedItem } from '../store/feedItems'
import { beginAnew, forgetHeld, held, pullState, storePage } from '../store/heldData'
import { placeOf } from '../store/keptPhotos'
import { session, signedIn, signedOutFor } from '../store/session'
import { isWelcome, readProfile, renewAll } from './enrolment'
import { askJson } from './wire'

interface Page {
  items: FeedItem[]
  cursor: string
  more: boolean
  package: number
  profile: string
  server_time: string
  limits: Limits
}

// As the contract has it, until the server says otherwise.
const largestPage = 500

/** Pulls until there is no more; returns the version of the package that the server has. */
export async function pull(): Promise<number> {
  let resets = 0
  for (;;) {
    const page = await pullPages().catch(async (problem: unknown) => {
      const isReset = problem instanceof Problem && ['sync.reset', 'sync.bad_cursor'].includes(problem.code)
      if (!isReset || ++resets > 2) throw problem
      await beginAnew(String(problem.extra.reason ?? ''))
    })
    if (!page) continue
    await settlePhotos()
    return page.package
  }
}

/** Returns the last page. The next is on its way while one is stored: both take about as long. */
async function pullPages(): Promise<Page> {
  let asked = askPage(await cursorNow())
  for (let isFirst = true; ; isFirst = false) {
    const page = await asked
    if (isFirst || !page.more) await heed(page)
    if (page.more) asked = askPage(page.cursor)
    // What went wrong with it is told when its turn comes, and of no interest if this page cannot be stored.
    asked.catch(() => undefined)
    await storePage(page.items, page.cursor, page.more)
    if (!page.more) return page
  }
}

/** What a page says beside its items: the time, who works here, and whether who is signed in still does. */
async function heed(page: Page): Promise<void> {
  await keepFact('contact', { serverTime: page.server_time, limits: page.limits })
  if ((await fact('profile'))?.tag !== page.profile) await readProfile()
  else await renewAll(page.server_time)
  if (!(await isWelcome(signedIn().worker.id))) throw signedOut()
}

/** The account was closed, or the tablet moved to another team: nothing more is shown, and what was made here waits. */
function signedOut(): Problem {
  session.value = undefined
  forgetHeld()
  signedOutFor.value = text('tablet.signedOut')
  return new Problem(403, 'tablet.signed_out', text('problem.title'), signedOutFor.value)
}

async function cursorNow(): Promise<string | undefined> {
  const stands = await pullState()
  return stands.beside ? stands.beside.cursor : stands.cursor
}

async function askPage(cursor?: string): Promise<Page> {
  const limit = (await fact('contact'))?.limits.pull_limit ?? largestPage
  const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) })
  return await askJson<Page>(`/v1/sync/pull?${query}`)
}

/** A photo's file goes once the feed says what became of it. */
async function settlePhotos(): Promise<void> {
  const db = await database()
  const uploaded = (await db.getAll('photos')).filter(({ state }) => state === 'uploaded')
  if (!uploaded.length) return
  const places = new Set<string>()
  for (const { instance_id, photos } of held.submission.values()) {
    for (const [name, became] of Object.entries(photos)) if (became !== 'awaited') places.add(await placeOf(instance_id, name))
  }
  for (const { id, place } of uploaded) if (places.has(place)) await db.delete('photos', id)
}
