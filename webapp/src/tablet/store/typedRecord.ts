/** What is being typed and is no form: one record of a kind per worker, kept at every word, readable to who typed it alone. */
import { changed } from './changes'
import { database } from './database'
import { withReserve } from './diskSpace'
import { open, seal, type Sealed } from './encryption'
import { signedIn } from './session'

/** `prefix`: under which name it lies beside what the tablet knows once; `boundTo` as for everything that is sealed. */
export function typedRecord<Typed>(prefix: string, boundTo: string) {
  const nameOf = (workerId: string) => `${prefix}/${workerId}`
  const ownName = () => nameOf(signedIn().worker.id)

  async function keep(typed: Typed): Promise<void> {
    const content = await seal(signedIn().keys.worker, typed, boundTo)
    await withReserve(async () => await (await database()).put('facts', content, ownName()))
    changed()
  }
  async function drop(): Promise<void> {
    await (await database()).delete('facts', ownName())
    changed()
  }
  async function read(): Promise<Typed | undefined> {
    const content = (await (await database()).get('facts', ownName())) as Sealed | undefined
    return content && (await open<Typed>(signedIn().keys.worker, content, boundTo))
  }
  return { nameOf, keep, drop, read }
}

/** A new household. */
export const typedTarget = typedRecord<Record<string, string>>('typed', 'typed target')

/** Why a visit did not take place, in a worker's own words. */
export interface TypedReason {
  visitId: string
  own: string
  again: string
}
export const typedReason = typedRecord<TypedReason>('reason', 'typed reason')
