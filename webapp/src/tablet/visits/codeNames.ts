/** What people read for codes: a municipality's own visit types and categories, and states, as the profile names them. */
import { shallowRef } from 'vue'
import { fact, type CodeNames } from '../store/database'

const known = shallowRef<Partial<CodeNames>>({})

/** To be called at sign-in and whenever the profile came anew. */
export async function readCodeNames(): Promise<void> {
  known.value = (await fact('profile'))?.profile.names ?? {}
}

/** An older server names nothing; then the code itself is shown. */
const nameIn = (kind: 'visit_types' | 'categories' | 'statuses') => (code: string) => known.value[kind]?.[code] ?? code

export const visitTypeName = nameIn('visit_types')
export const categoryName = nameIn('categories')
export const statusName = nameIn('statuses')

/** A team by its id; nothing where an older server names none. */
export const teamName = (id: string) => known.value.teams?.[id]

/** The form that is opened for a type of visit; without an answer of the server the two are called alike. */
export const formOfType = (type: string) => known.value.forms?.[type] ?? type

/** The type of visit that a form is filled on. */
export function typeOfForm(formId: string): string {
  return Object.entries(known.value.forms ?? {}).find(([, form]) => form === formId)?.[0] ?? formId
}
