/** Places that are known by their street or mahalle alone: how maps and lists say so. */
import { text, type TextKey } from '../texts/catalogue'

const rough = ['sokak', 'mahalle']

export const isRough = (precision: string | undefined): boolean => rough.includes(precision ?? '')

/** What is said of a precision; nothing of a point of one's own. */
export function precisionWords(precision: string | undefined): string {
  return isRough(precision) ? text(`rough.${precision}` as TextKey) : ''
}

interface Spot {
  lat: number | null
  lon: number | null
  isRough: boolean
}
const around = 8

/**
 * How far beside its place each sign is drawn, in pixels: a street's place is that of one of its households, so signs of
 * rough places would lie upon that one's and upon each other. Those of exact places stay where they are.
 */
export function signsBeside(spots: readonly Spot[], stepPx: number): { x: number; y: number }[] {
  const keyOf = ({ lat, lon }: Spot) => `${lat} ${lon}`
  const taken = new Map(spots.filter((spot) => !spot.isRough).map((spot) => [keyOf(spot), 1]))
  return spots.map((spot) => {
    if (!spot.isRough) return { x: 0, y: 0 }
    const slot = taken.get(keyOf(spot)) ?? 0
    taken.set(keyOf(spot), slot + 1)
    if (!slot) return { x: 0, y: 0 }
    const [angle, far] = [((slot - 1) * 2 * Math.PI) / around, stepPx * Math.ceil(slot / around)]
    return { x: Math.round(far * Math.cos(angle)), y: Math.round(far * Math.sin(angle)) }
  })
}
