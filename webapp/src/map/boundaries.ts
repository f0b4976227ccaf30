/** The mahalle boundaries, asked once per page load; the browser's cache and the ETag do the rest. */
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson'
import { api } from '../api/client'
import type { MahalleProperties } from '../api/types'

export type Boundaries = FeatureCollection<Polygon | MultiPolygon, MahalleProperties>
let asked: Promise<Boundaries> | undefined

export function readBoundaries(): Promise<Boundaries> {
  asked ??= api.read<Boundaries>('/v1/mahalle/boundaries').catch((problem: unknown) => {
    asked = undefined
    throw problem
  })
  return asked
}
