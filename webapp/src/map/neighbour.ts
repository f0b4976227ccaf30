/** Which mahalle lies in the direction of an arrow key, so that the map can be walked with the keyboard. */
export interface Centre {
  id: string
  lon: number
  lat: number
}
const directions: Record<string, [number, number]> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
}
/** A degree of longitude is shorter than one of latitude; near Istanbul by this factor. */
const lonScale = 0.755

export function neighbourInDirection(key: string, from: Centre, centres: Centre[]): Centre | undefined {
  const direction = directions[key]
  if (!direction) return undefined
  let best: Centre | undefined
  let bestCost = Infinity
  for (const centre of centres) {
    const x = (centre.lon - from.lon) * lonScale
    const y = centre.lat - from.lat
    const ahead = x * direction[0] + y * direction[1]
    const aside = Math.abs(x * direction[1] - y * direction[0])
    // Within 60 degrees of the arrow; what lies straight ahead is preferred to what is merely near.
    if (ahead <= 0 || aside > ahead * 1.75) continue
    const cost = ahead + aside * 1.5
    if (cost < bestCost) {
      best = centre
      bestCost = cost
    }
  }
  return best
}
