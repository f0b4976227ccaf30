/** What people read for codes: a municipality's own visit types and categories, and states, as the profile names them. */
import { shallowRef } from 'vue'
import { fact, type CodeNames } from '../store/database'

const known = shallowRef<Partial<CodeNames>>({})

/** To be called at sign-in and whenever the profile came anew. */
export async function readCodeNames(): Promise<void> {
  known.value = (await fact('profile'))?.profile.names ?? {}
}

/** An older server names nothing; then the code itself is shown. */
const nameIn = (kind: keyof CodeNames) => (code: string) => known.value[kind]?.[code] ?? code

export const visitTypeName = nameIn('visit_types')
export const categoryName = nameIn('categories')
export const statusName = nameIn('statuses')
