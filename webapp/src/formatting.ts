/** Numbers, dates and sizes as people in Turkey write them; every time is shown in Istanbul time. */
import { locale } from './texts/catalogue'

const timeZone = 'Europe/Istanbul'

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value)
}
export function dateAndTime(iso: string): string {
  return new Intl.DateTimeFormat(locale.value, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}
export function date(iso: string): string {
  return new Intl.DateTimeFormat(locale.value, { timeZone, dateStyle: 'medium' }).format(new Date(iso))
}
/** Latitude, longitude with a decimal point, as maps and navigation take them. */
export function coordinates(point: { lat: number; lon: number }): string {
  return `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`
}
export function distance(metres: number): string {
  return metres >= 1000 ? `${number(metres / 1000, 1)} km` : `${number(metres)} m`
}
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${number(bytes)} B`
  return bytes < 1e6 ? `${number(bytes / 1000)} kB` : `${number(bytes / 1e6, 1)} MB`
}
/** A day as it is typed: 21.11.2026. */
export function typedDay(iso: string): string {
  return iso.split('-').reverse().join('.')
}
/** The day somebody typed (21.11.2026, 1/2/26, 2026-11-21) as YYYY-MM-DD; '' for nothing, undefined for no day at all. */
export function dayAsTyped(typed: string): string | undefined {
  const tidy = typed.trim()
  if (!tidy) return ''
  const parts = /^(\d{1,2})[./\s-](\d{1,2})[./\s-](\d{2}|\d{4})$/.exec(tidy)?.slice(1).reverse()
  const iso = parts ? parts.map((part, index) => part.padStart(index ? 2 : 4, index ? '0' : '20')).join('-') : tidy
  const read = new Date(`${iso}T00:00:00Z`)
  // 31 February would become 3 March.
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(iso) && !Number.isNaN(read.getTime()) && read.toISOString().startsWith(iso)
  return isDay ? iso : undefined
}
/** Today's date in Istanbul, moved by some days, as YYYY-MM-DD. */
export function istanbulDay(daysFromToday = 0): string {
  return istanbulDayOf(new Date(Date.now() + daysFromToday * 86_400_000))
}
export function istanbulDayOf(moment: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(moment)
}
/** How long ago, in the largest whole unit: "3 gün", "5 saat", "12 dakika". */
export function age(iso: string): string {
  return duration((Date.now() - new Date(iso).getTime()) / 1000)
}
/** A length of time in its largest whole unit; what is shorter than a minute counts as one. */
export function duration(seconds: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(seconds) / 60))
  const [value, unit] = minutes < 60 ? [minutes, 'minute'] : minutes < 48 * 60 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day']
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit: unit as string, unitDisplay: 'long' }).format(value as number)
}
