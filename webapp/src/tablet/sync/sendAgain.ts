/** After a restored backup: what the centre has lost is sent once more, under the same ids. */
import { changed } from '../store/changes'
import { database, type OutboxRecord, type PullState } from '../store/database'
import { held, pullState } from '../store/heldData'
import { layOwnOver } from '../store/ownChanges'
import { tooLarge } from './push'

/** To be called once everything is pulled anew; says whether there was a backup, and so something to send. */
export async function sendAgain(): Promise<boolean> {
  const stands = await pullState()
  if (!stands.sendsAgain) return false
  await putBack(stands)
  await layOwnOver()
  changed()
  return true
}

async function putBack(stands: PullState): Promise<void> {
  const shown = new Set([...held.submission.values()].map(({ instance_id }) => instance_id))
  const transaction = (await database()).transaction(['outbox', 'photos', 'facts'], 'readwrite')
  for (let cursor = await transaction.objectStore('outbox').openCursor(); cursor; cursor = await cursor.continue()) {
    if (isLost(cursor.value, shown)) await cursor.update({ ...cursor.value, state: 'tablet', holdUntil: undefined })
  }
  // What the centre has it will not ask for.
  for (let cursor = await transaction.objectStore('photos').openCursor(); cursor; cursor = await cursor.continue()) {
    if (cursor.value.state === 'uploaded') await cursor.update({ ...cursor.value, state: 'waiting' })
  }
  await transaction.objectStore('facts').put({ ...stands, sendsAgain: false }, 'pull')
  await transaction.done
}

/** Whether the centre had answered it and does not show it: also what it had refused, which is in no quarantine any more. */
function isLost({ state, code, what, instanceId }: OutboxRecord, shown: Set<string>): boolean {
  const wasThere = state === 'centre' || (state === 'refused' && code !== tooLarge)
  return wasThere && (what !== 'submission' || !shown.has(instanceId ?? ''))
}
