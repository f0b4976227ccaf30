/** A target that the worker makes without a form: what is typed, and whether the centre would take it. */
import { ref } from 'vue'

/** What was looked for and not found. Not in the address of the page: browsers write those down in clear. */
export const lookedFor = ref('')

const phoneSigns = /[\s()./-]+/g
const national = /^(?:\+90|0090|90|0)?([2-58]\d{9})$/
const abroad = /^(?:\+|00)([1-9]\d{7,14})$/

/** A telephone number as the server writes it (visits/field_values.py): E.164; undefined where it cannot be one. */
export function tidyPhone(typed: string): string | undefined {
  const digits = typed.replace(phoneSigns, '')
  const [own, foreign] = [national.exec(digits)?.[1], abroad.exec(digits)?.[1]]
  if (own) return `+90${own}`
  return foreign ? `+${foreign}` : digits && undefined
}

/** What was looked for as the fields of a new target: a number is a telephone, everything else a name. */
export function typedFields(typed: string): { ad: string; telefon: string } {
  const isNumber = /^[\d\s()+./-]{5,}$/.test(typed)
  return isNumber ? { ad: '', telefon: typed.trim() } : { ad: typed.trim(), telefon: '' }
}
