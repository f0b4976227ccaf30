/** Who is signed in. `undefined` means not asked yet, `null` means nobody. */
import { shallowRef } from 'vue'
import { api, Problem } from '../api/client'
import type { Me, PageCode } from '../api/types'
import { forgetReference } from './reference'

export const me = shallowRef<Me | null | undefined>(undefined)

export const pathOfPage: Record<PageCode, string> = {
  map: '/harita',
  submissions: '/ziyaretler',
  requests: '/talepler',
  review: '/incelenecekler',
  conflicts: '/cakismalar',
  quarantine: '/karantina',
  visit_lists: '/ziyaret-listeleri',
  campaigns: '/kampanyalar',
  teams: '/ekipler',
  forms: '/formlar',
  tablets: '/tabletler',
  boundaries: '/sinirlar',
  users: '/kullanicilar',
}

/** Asks the server who we are, once. Network trouble is thrown, so that it is not taken for "signed out". */
export async function whoAmI(): Promise<Me | null> {
  if (me.value !== undefined) return me.value
  try {
    me.value = await api.read<Me>('/v1/me')
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    me.value = null
  }
  return me.value
}

export async function signIn(username: string, password: string): Promise<Me> {
  const signedIn = await api.post<Me>('/v1/sign-in', { username, password })
  forgetReference()
  me.value = signedIn
  return signedIn
}

export async function signOut(): Promise<void> {
  await api.post('/v1/sign-out')
  forget()
}

export function forget(): void {
  me.value = null
  forgetReference()
}

/** Whether this person may open pages of a kind; links to others would only lead back to the start. */
export function mayOpen(page: PageCode): boolean {
  return Boolean(me.value?.pages.includes(page))
}

/** The first page this person may open. */
export function homePath(person: Me): string {
  const first = person.pages[0]
  return first ? pathOfPage[first] : '/parola'
}
