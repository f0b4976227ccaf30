/** Draws the map of streets below everything else: drawn tiles (Protomaps' scheme) in the theme's colours, or pictures as they are. */
import L from 'leaflet'
import { fact } from '../store/database'
import { readStreets } from './streetFile'

/** Puts the streets on a map where the tablet holds some; says whether it did. What draws them is loaded only then. */
export async function drawStreets(map: L.Map, isStillThere: () => boolean): Promise<boolean> {
  const file = (await fact('streets'))?.shown
  if (!file) return false
  const { PMTiles, TileType } = await import('pmtiles')
  const source = { getKey: () => file.sha256, getBytes: async (start: number, length: number) => ({ data: await readStreets(file, start, length) }) }
  const archive = new PMTiles(source)
  const { tileType, minZoom, maxZoom } = await archive.getHeader()
  const attribution = plain((((await archive.getMetadata()) ?? {}) as { attribution?: string }).attribution ?? '')
  const layer = tileType === TileType.Mvt ? await drawnTiles(archive, maxZoom, attribution) : pictureTiles(archive, minZoom, maxZoom, attribution)
  if (!isStillThere()) return false
  L.control.attribution({ prefix: false }).addTo(map)
  layer.addTo(map)
  map.getContainer().classList.add('over-tiles')
  return true
}

type Archive = InstanceType<typeof import('pmtiles').PMTiles>

async function drawnTiles(archive: Archive, maxDataZoom: number, attribution: string): Promise<L.Layer> {
  // It takes Leaflet from the window.
  Object.assign(window, { L })
  const { leafletLayer } = await import('protomaps-leaflet')
  const flavor = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  return leafletLayer({ url: archive, flavor, lang: 'tr', maxDataZoom, attribution }) as unknown as L.Layer
}

function pictureTiles(archive: Archive, minNativeZoom: number, maxNativeZoom: number, attribution: string): L.Layer {
  class Pictures extends L.GridLayer {
    createTile({ x, y, z }: L.Coords, done: L.DoneCallback): HTMLElement {
      const picture = document.createElement('img')
      picture.alt = ''
      void archive
        .getZxy(z, x, y)
        .then(async (tile) => {
          if (tile) await show(picture, tile.data)
          done(undefined, picture)
        })
        .catch((error: unknown) => done(error as Error, picture))
      return picture
    }
  }
  return new Pictures({ minNativeZoom, maxNativeZoom, attribution })
}

async function show(picture: HTMLImageElement, bytes: ArrayBuffer): Promise<void> {
  picture.src = URL.createObjectURL(new Blob([bytes]))
  await picture.decode().finally(() => URL.revokeObjectURL(picture.src))
}

/** The file says whose data it is, in HTML; shown as plain text. */
function plain(html: string): string {
  const said = new DOMParser().parseFromString(html, 'text/html').body.textContent
  const holder = document.createElement('span')
  holder.textContent = said
  return holder.innerHTML
}
