/** Where a target lies, how far and in which direction from here. */
import type { TargetItem } from '../store/feedItems'

export interface Place {
  lat: number
  lon: number
  /** Set where the place is known by its street or mahalle alone. */
  precision?: 'sokak' | 'mahalle'
}
const earthM = 6_371_000
const inRadians = (degrees: number) => (degrees * Math.PI) / 180

/** A geopoint as forms and feed write it: latitude longitude altitude accuracy. */
export function placeOf(geometry: string | undefined): Place | undefined {
  const [lat, lon] = (geometry ?? '').trim().split(/\s+/).map(Number)
  return lat !== undefined && lon !== undefined && Number.isFinite(lat) && Number.isFinite(lon) && geometry ? { lat, lon } : undefined
}

/** Its own point, or else where it is thought to lie. */
export function placeOfTarget(target: TargetItem | undefined): Place | undefined {
  return placeOf(target?.fields.geometry) ?? target?.rough
}

export function metresBetween(from: Place, to: Place): number {
  const [dLat, dLon] = [inRadians(to.lat - from.lat), inRadians(to.lon - from.lon)]
  const half = Math.sin(dLat / 2) ** 2 + Math.cos(inRadians(from.lat)) * Math.cos(inRadians(to.lat)) * Math.sin(dLon / 2) ** 2
  return 2 * earthM * Math.asin(Math.sqrt(half))
}

/** Degrees from north, clockwise. */
export function bearing(from: Place, to: Place): number {
  const dLon = inRadians(to.lon - from.lon)
  const [a, b] = [inRadians(from.lat), inRadians(to.lat)]
  const angle = Math.atan2(Math.sin(dLon) * Math.cos(b), Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(dLon))
  return ((angle * 180) / Math.PI + 360) % 360
}

export const directions = ['k', 'kd', 'd', 'gd', 'g', 'gb', 'b', 'kb'] as const
export function directionOf(degrees: number): (typeof directions)[number] {
  return directions[Math.round(degrees / 45) % 8] ?? 'k'
}
