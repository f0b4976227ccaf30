/** The names on the map: each inside its own polygon or hidden, so that no two of them touch. */
import L from 'leaflet'
import { placeForLabel } from './labelPlacing'

function ringsOf(map: L.Map, polygon: L.Polygon): L.Point[][] {
  const rings: L.Point[][] = []
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return
    if (part[0] instanceof L.LatLng) rings.push((part as L.LatLng[]).map((corner) => map.latLngToLayerPoint(corner)))
    else part.forEach(walk)
  }
  walk(polygon.getLatLngs())
  return rings
}

export function bindName(polygon: L.Polygon, name: string): void {
  polygon.bindTooltip(document.createTextNode(name) as unknown as HTMLElement, {
    permanent: true,
    direction: 'center',
    className: 'mahalle-name',
    interactive: false,
  })
}

/** Places every name anew; to be called when the zoom or the size of the map has changed. */
export function placeNames(map: L.Map, polygons: Iterable<L.Polygon>): void {
  for (const polygon of polygons) {
    const tooltip = polygon.getTooltip()
    const label = tooltip?.getElement()
    if (!tooltip || !label) continue
    const centre = polygon.getCenter()
    const size = { width: label.offsetWidth, height: label.offsetHeight - 2 }
    const spot = placeForLabel(ringsOf(map, polygon), map.latLngToLayerPoint(centre), size)
    label.classList.toggle('too-small', !spot)
    tooltip.setLatLng(spot ? map.layerPointToLatLng([spot.x, spot.y]) : centre)
  }
}
