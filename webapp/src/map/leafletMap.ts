/** One way to start a Leaflet map: Turkish controls, no outside tiles unless the municipality has named them. */
import L from 'leaflet'
import { me } from '../state/session'
import { text } from '../texts/catalogue'

/** `fills`: the map is what the page is for, so a finger moves it. */
export function startMap(element: HTMLElement, { fills = false } = {}): L.Map {
  const map = L.map(element, {
    zoomControl: false,
    zoomSnap: 0.25,
    zoomDelta: 0.5,
    // The wheel scrolls the page; on a touch screen one finger does, so that nobody gets caught in the map.
    scrollWheelZoom: false,
    dragging: fills || !matchMedia('(pointer: coarse)').matches,
    attributionControl: Boolean(me.value?.tile_url),
    fadeAnimation: false,
  })
  L.control.zoom({ zoomInTitle: text('map.zoomIn'), zoomOutTitle: text('map.zoomOut'), position: 'bottomright' }).addTo(map)
  if (me.value?.tile_url) {
    L.tileLayer(me.value.tile_url, { attribution: me.value.tile_attribution ?? '', maxZoom: 19 }).addTo(map)
    element.classList.add('over-tiles')
  }
  // Paper is narrower than the screen; whoever fits the map to its size does so again.
  const paper = matchMedia('print')
  const fitPaper = () => map.invalidateSize({ animate: false })
  paper.addEventListener('change', fitPaper)
  map.on('unload', () => paper.removeEventListener('change', fitPaper))
  return map
}
