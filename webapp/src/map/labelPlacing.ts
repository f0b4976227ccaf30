/** Where on a polygon its name can stand without leaving it, in pixels of the present zoom; nowhere when it is too small. */
export interface Spot {
  x: number
  y: number
}
interface Size {
  width: number
  height: number
}
/** Steps of the search across the polygon's box; finer finds little more. */
const steps = 12

function contains(rings: Spot[][], { x, y }: Spot): boolean {
  let inside = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i] as Spot
      const b = ring[j] as Spot
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside
    }
  }
  return inside
}

/** Whether the label's corners, the middles of its sides and its quarters lie inside when it is centred on a spot. */
function fits(rings: Spot[][], { x, y }: Spot, { width, height }: Size): boolean {
  for (const across of [-0.5, -0.25, 0, 0.25, 0.5]) {
    for (const down of [-0.5, 0, 0.5]) {
      if (!contains(rings, { x: x + across * width, y: y + down * height })) return false
    }
  }
  return true
}

/** The spot nearest to the preferred one where a label of this size lies inside the rings (holes included). */
export function placeForLabel(rings: Spot[][], preferred: Spot, size: Size): Spot | undefined {
  if (fits(rings, preferred, size)) return preferred
  const corners = rings.flat()
  const [left, right] = [Math.min(...corners.map(({ x }) => x)), Math.max(...corners.map(({ x }) => x))]
  const [top, bottom] = [Math.min(...corners.map(({ y }) => y)), Math.max(...corners.map(({ y }) => y))]
  if (right - left < size.width || bottom - top < size.height) return undefined
  const spots: Spot[] = []
  for (let i = 1; i < steps; i++) {
    for (let j = 1; j < steps; j++) {
      spots.push({ x: left + ((right - left) * i) / steps, y: top + ((bottom - top) * j) / steps })
    }
  }
  const far = ({ x, y }: Spot) => (x - preferred.x) ** 2 + (y - preferred.y) ** 2
  return spots.sort((a, b) => far(a) - far(b)).find((spot) => fits(rings, spot, size))
}
