/**
 * A newer version of the application runs in another window of this tablet. This one gives up the database to it, after all
 * that is being typed was stored; what a page shows of that is `components/RenewalNotice.vue`. Whatever still runs here stops
 * at its next word with the database, and quietly: nothing can be lost by then.
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

const keepAll = () => Promise.allSettled([...lastWords].map((keep) => keep()))

export async function giveUp(database: IDBDatabase): Promise<void> {
  // Twice: something may be typed while the first words are stored.
  const kept = keepAll().then(keepAll)
  await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, longestMs))])
  database.close()
  renewal.isClosed = true
}

/** Whether an error is what everybody meets who asks a database that was given up. */
export function isGivenUp(error: unknown): boolean {
  return renewal.isClosed && error instanceof DOMException && error.name === 'InvalidStateError'
}

/** What was under way when the database was given up is no mistake that anybody has to hear of. */
export function stopQuietly(): void {
  window.addEventListener('unhandledrejection', (event) => {
    if (isGivenUp(event.reason)) event.preventDefault()
  })
}
