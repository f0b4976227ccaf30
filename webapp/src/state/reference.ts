/** The lists behind the filters (visit types, mahalle, …), asked once per sign-in. */
import { shallowRef } from 'vue'
import { api } from '../api/client'
import type { Reference } from '../api/types'

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

export function flagName(code: string): string {
  return reference.value?.flags.find((flag) => flag.code === code)?.name ?? code
}
