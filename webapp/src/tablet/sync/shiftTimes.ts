/** When the team works, as the profile tells it: days and times of day in Istanbul. Outside, nobody's whereabouts are noted. */
import type { ShiftDay } from '../store/database'

// sv-SE writes 2026-11-20 09:00:00, which sorts and compares as text.
const inIstanbul = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Istanbul', dateStyle: 'short', timeStyle: 'medium' })

export function isInShift(shifts: ShiftDay[] | undefined, now: Date): boolean {
  const [day = '', time = ''] = inIstanbul.format(now).split(' ')
  return Boolean(shifts?.some((shift) => shift.day === day && shift.starts <= time && time <= shift.ends))
}
