/** Classes of a shaded map: at most five, at readable numbers, with about the same count of mahalle in each. */

/** Rounds up to a number people read easily: 1, 2, 5 steps of two leading digits. */
function readable(value: number): number {
  if (value <= 10) return Math.ceil(value)
  const step = 10 ** (Math.floor(Math.log10(value)) - 1) * 5
  return Math.ceil(value / step) * step
}

/** Upper bounds of the classes, ascending; class 0 is "none" and has no bound here. Empty when every figure is 0. */
export function classBounds(figures: number[], classes = 5): number[] {
  const sorted = figures.filter((figure) => figure > 0).sort((a, b) => a - b)
  const bounds = new Set<number>()
  for (let step = 1; step <= classes && sorted.length; step++) {
    const index = Math.min(sorted.length - 1, Math.ceil((step / classes) * sorted.length) - 1)
    bounds.add(readable(sorted[index] ?? 0))
  }
  return [...bounds]
}

/** The class of one figure, 0 for none, spread over the five shades so that the highest class is always the darkest. */
export function shadeOf(figure: number, bounds: number[]): number {
  if (figure <= 0 || !bounds.length) return 0
  const found = bounds.findIndex((bound) => figure <= bound)
  return shadeOfClass(found < 0 ? bounds.length - 1 : found, bounds.length)
}
export function shadeOfClass(index: number, count: number): number {
  return count === 1 ? 4 : Math.round(1 + (index * 4) / (count - 1))
}
