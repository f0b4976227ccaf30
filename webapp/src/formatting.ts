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
/** Today's date in Istanbul, moved by some days, as YYYY-MM-DD. */
export function istanbulDay(daysFromToday = 0): string {
  const moved = new Date(Date.now() + daysFromToday * 86_400_000)
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(moved)
}
