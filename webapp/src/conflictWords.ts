/** How the values of a field in conflict are read; what no list knows is shown as it is. */
import { dateAndTime } from './formatting'
import { reference } from './state/reference'
import { text, textOfCode } from './texts/catalogue'

export const conflictChoices = ['standing', 'other'] as const
export type ConflictChoice = (typeof conflictChoices)[number]

function namedById(value: string): string {
  const lists = [reference.value?.teams ?? [], reference.value?.mahalle ?? []]
  return lists.flat().find(({ id }) => id === value)?.name ?? value
}
/** "40.99 29.21 0 8" as people read a place. */
function place(value: string): string {
  const [lat, lon, , accuracy] = value.split(' ').map(Number)
  if (lat === undefined || lon === undefined || Number.isNaN(lat) || Number.isNaN(lon)) return value
  const near = accuracy ? ` ±${Math.round(accuracy)} m` : ''
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}${near}`
}

/** The code of a field's value as words: 'yapildi' of `durum` is "Yapıldı". */
export function valueInWords(field: string, value: string): string {
  if (!value) return text('conflicts.none')
  if (field === 'geometry') return place(value)
  if (field === 'ekip' || field === 'istenen_ekip') return namedById(value)
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return dateAndTime(value)
  const named = textOfCode(`value.${field}`, value)
  return named === `value.${field}.${value}` ? value : named
}
/** The name of a field of a target or an assignment. */
export function fieldInWords(field: string): string {
  return textOfCode('field', field)
}
