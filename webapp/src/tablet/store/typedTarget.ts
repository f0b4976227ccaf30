/** What is being typed of a new household, one per worker: kept at every word, readable to who typed it alone. */
import { changed } from './changes'
import { database } from './database'
import { withReserve } from './diskSpace'
import { open, seal, type Sealed } from './encryption'
import { signedIn } from './session'

const boundTo = 'typed target'
/** Under which name it lies beside what the tablet knows once. */
export const typedTargetOf = (workerId: string) => `typed/${workerId}`

export async function keepTypedTarget(fields: Record<string, string>): Promise<void> {
  const { keys, worker } = signedIn()
  const content = await seal(keys.worker, fields, boundTo)
  await withReserve(async () => await (await database()).put('facts', content, typedTargetOf(worker.id)))
  changed()
}

export async function dropTypedTarget(): Promise<void> {
  await (await database()).delete('facts', typedTargetOf(signedIn().worker.id))
  changed()
}

export async function readTypedTarget(): Promise<Record<string, string> | undefined> {
  const { keys, worker } = signedIn()
  const content = (await (await database()).get('facts', typedTargetOf(worker.id))) as Sealed | undefined
  return content && (await open<Record<string, string>>(keys.worker, content, boundTo))
}
