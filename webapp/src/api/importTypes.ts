/** Answers about lists on their way in, and about targets that may be the same. */
import type { CodedName, NamedId } from './types'

export interface Tally {
  new: number
  changed: number
  unchanged: number
  unsettled: number
}
export interface ListCounts {
  rows: number
  bad: number
  targets: Tally
  visits: Tally
}
export type ImportState = 'reading' | 'mapping' | 'checking' | 'checked' | 'recording' | 'done' | 'failed' | 'cancelled'
export interface ListRow {
  number: number
  cells: string[]
  problems: { column: number | null; reason: string }[]
}
export interface ImportColumn {
  header: string
  field: string | null
  by: 'header' | 'content' | 'memory' | 'person' | 'none'
  is_dropped: boolean
}
export interface ImportView {
  id: string
  state: ImportState
  file_name: string
  byte_size: number
  list_kind: string
  list_kinds: Record<string, string>
  fields: Record<string, string>
  sheets: string[]
  sheet: number
  header_row: number
  notices: string[]
  columns: ImportColumn[]
  row_count: number
  rows: ListRow[]
  bad: ListRow[]
  counts: ListCounts | null
  progress: { done: number; total: number }
  failure: string | null
}
export interface ImportSummary {
  id: string
  state: ImportState
  file_name: string
  list_kind: string
  created_at: string
  counts: ListCounts | null
}

/** One of two targets that may be the same. */
export interface DuplicateSide {
  id: string
  kind: CodedName
  name: string
  fields: Record<string, string | undefined>
  mahalle: NamedId | null
  precision: CodedName
  visits: number
  created_at: string
  is_from_field: boolean
}
export interface DuplicateView {
  id: string
  score: number
  reasons: string[]
  state: 'open' | 'not_same' | 'merged'
  sides: DuplicateSide[]
  differing: string[]
  labels: Record<string, string>
  survivor_id: string | null
  decided_by: string | null
  decided_at: string | null
}
