/** Who is signed in, with the keys, in memory only: closing the page signs out. */
import { shallowRef } from 'vue'
import type { NamedId } from './database'
import type { OpenKeys } from './encryption'

export interface Session {
  worker: NamedId
  keys: OpenKeys
}
export const session = shallowRef<Session>()

export function signedIn(): Session {
  if (!session.value) throw new Error('nobody is signed in')
  return session.value
}
