/** Boundaries of the mahalle: what a file would change, and the imports so far. Sentences come in Turkish. */

export interface BoundaryCheck {
  based_on: string | null
  mahalle_count: number
  errors: string[]
  warnings: string[]
  told: string[]
}
export interface BoundarySet {
  id: string
  imported_at: string
  source_name: string
  is_sample: boolean
  is_current: boolean
  warnings: string[]
  told: string[]
}
export interface BoundarySets {
  items: BoundarySet[]
}
