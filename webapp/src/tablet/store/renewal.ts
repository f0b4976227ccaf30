/**
 * A newer version of the application runs in another window of this tablet. This one gives up the database to it, after all
 * that is being typed was stored; what a page shows of that is `components/RenewalNotice.vue`.
 */
import { reactive } from 'vue'

/** `isNewer`: a newer version has taken over, and this one still works. `isClosed`: it has the database, nothing is kept any more. */
export const renewal = reactive({ isNewer: false, isClosed: false })

const lastWords = new Set<() => Promise<unknown>>()
// The newer version cannot start before: whoever does not come to an end must not keep it waiting.
const longestMs = 5_000

/** Has `keep` called before the database is given up; returns how to take that back. */
export function beforeGivingUp(keep: () => Promise<unknown>): () => void {
  lastWords.add(keep)
  return () => lastWords.delete(keep)
}

export async function giveUp(database: IDBDatabase): Promise<void> {
  const kept = Promise.allSettled([...lastWords].map((keep) => keep()))
  await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, longestMs))])
  database.close()
  renewal.isClosed = true
}
