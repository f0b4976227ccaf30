/** The lists behind the filters (visit types, mahalle, …), asked once per sign-in. */
import { computed, shallowRef } from 'vue'
import { api } from '../api/client'
import type { Reference } from '../api/types'
import { date } from '../formatting'
import { text } from '../texts/catalogue'

export const reference = shallowRef<Reference>()
let asked: Promise<void> | undefined

export function needReference(): void {
  asked ??= api.read<Reference>('/v1/reference').then(
    (answer) => {
      reference.value = answer
    },
    () => {
      // The next page that needs it asks again; filters stay empty until then.
      asked = undefined
    },
  )
}

export function forgetReference(): void {
  asked = undefined
  reference.value = undefined
}

/** Those with which something new may be made. */
export const activeTeams = computed(() => (reference.value?.teams ?? []).filter((team) => team.is_active))
export const activeVisitTypes = computed(() => (reference.value?.visit_types ?? []).filter((type) => type.is_active))
export const currentMahalle = computed(() => (reference.value?.mahalle ?? []).filter((one) => !one.removed_on))
export const removedMahalle = computed(() => (reference.value?.mahalle ?? []).filter((one) => one.removed_on))

/** A name for filters and reports, with what has become of it. */
export function nameInFilter(one: { name: string; is_active?: boolean; removed_on?: string | null }): string {
  if (one.removed_on) return text('place.removedOn', { name: one.name, date: date(one.removed_on) })
  return one.is_active === false ? text('filter.notInUse', { name: one.name }) : one.name
}

export function flagName(code: string): string {
  return reference.value?.flags.find((flag) => flag.code === code)?.name ?? code
}
