/**
 * What the list of the day needs (planned visits, whom they are to, what became of forms), apart from all the households that
 * nobody visits today: one small encrypted record, so that the list stands before a hundred thousand households are read.
 */
import { database } from './database'
import { open, seal, type Sealed } from './encryption'
import type { FeedItem, Items, Kind } from './feedItems'
import { signedIn } from './session'

const boundTo = 'first things'
export type Held = { [K in Kind]: Map<string, Items[K]> }

function firstOf({ target, assignment, history, submission }: Held): FeedItem[] {
  const visited = [...new Set([...assignment.values()].map(({ fields }) => fields.hedef ?? ''))]
  const found = [visited.map((id) => target.get(id)), visited.map((id) => history.get(id))].flat()
  return [...assignment.values(), ...submission.values(), ...found.filter((item) => item !== undefined)]
}

export async function keepFirstThings(held: Held): Promise<void> {
  const content = await seal(signedIn().keys.team, firstOf(held), boundTo)
  await (await database()).put('facts', content, 'first')
}

/** Nothing where there is none, or where another team's key made it. */
export async function readFirstThings(): Promise<FeedItem[] | undefined> {
  const content = (await (await database()).get('facts', 'first')) as Sealed | undefined
  return content && (await open<FeedItem[]>(signedIn().keys.team, content, boundTo).catch(() => undefined))
}
