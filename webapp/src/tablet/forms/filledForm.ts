/** What the form component takes and gives; the tablet's store knows nothing of the engine, the engine nothing of the store. */
import type { Map as LeafletMap } from 'leaflet'

export interface FormToFill {
  xform: string
  /** A file that was published with the form, and `mahalle.geojson` where the tablet has it. */
  media: (name: string) => Promise<Blob | undefined>
  /** CSV by the name of the list (`hedefler`); at most 2,000 rows each, or opening takes seconds. */
  entityLists: Record<string, string>
  /** Ids chosen before the form was opened: a question of which one of them is the only answer begins with it. */
  chosen?: ReadonlySet<string>
  /** What a form may ask of the tablet as metadata. */
  filledBy?: { deviceId?: string; username?: string }
  /** Puts streets below a map, where the tablet has some. */
  drawGround?: (map: LeafletMap, isStillThere: () => boolean) => Promise<boolean>
}

export interface FormDraft {
  xml?: string
  files: Map<string, Blob>
}

export interface SavedDraft {
  xml: string
  files: Map<string, Blob>
}

export interface FinishedSubmission extends SavedDraft {
  instanceId: string
}
