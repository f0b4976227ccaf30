/** Dates and times between the browser's fields and the form: times carry the tablet's offset, as Collect writes them. */

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function offsetAt(moment: Date): string {
  const minutes = -moment.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** `10:30` -> `10:30:00.000+03:00`. */
export function timeWithOffset(written: string): string {
  return written ? `${written.slice(0, 5)}:00.000${offsetAt(new Date())}` : ''
}

/** What a time field shows for a stored time. */
export function timeForField(stored: string | null): string {
  return stored?.slice(0, 5) ?? ''
}

/** `2026-11-28T10:30` -> the same with the offset of that day. */
export function momentWithOffset(written: string): string {
  return written ? `${written.slice(0, 16)}:00.000${offsetAt(new Date(written))}` : ''
}

/** What a date-and-time field shows for a stored moment: the tablet's own clock time. */
export function momentForField(stored: string | null): string {
  const moment = stored ? new Date(stored) : undefined
  if (!moment || Number.isNaN(moment.getTime())) return ''
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`
}
