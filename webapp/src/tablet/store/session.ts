/** Who is signed in, with the keys, in memory only: closing the page signs out. */
import { ref, shallowRef } from 'vue'
import type { NamedId } from './database'
import type { OpenKeys } from './encryption'

export interface Session {
  worker: NamedId
  keys: OpenKeys
}
export const session = shallowRef<Session>()
/** Why somebody was signed out by the centre, until somebody signs in: rounds that go well meanwhile do not unsay it. */
export const signedOutFor = ref('')

export function signedIn(): Session {
  if (!session.value) throw new Error('nobody is signed in')
  return session.value
}
