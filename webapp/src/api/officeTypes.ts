/** Answers about conflicts, tablets with our own application, and visit lists. Times ISO 8601 UTC, days YYYY-MM-DD. */
import type { CodedName, NamedId } from './types'

/** Where one of the two values came from. `submission_id` only where a filled form brought it. */
export interface ChangeOrigin {
  value: string
  at: string
  by: string | null
  team: NamedId | null
  device: string | null
  source: string
  submission_id: string | null
}
export type ConflictState = 'open' | 'kept' | 'taken'
export interface ConflictView {
  id: string
  kind: 'target' | 'assignment'
  entity_id: string
  entity_name: string
  field: CodedName
  is_sensitive: boolean
  base_value: string
  standing: ChangeOrigin
  other: ChangeOrigin
  state: ConflictState
  decided_by: string | null
  decided_at: string | null
}

/** A tablet with our own application, and what it last told of its outbox. */
export interface DeviceRow {
  id: string
  label: string
  team: NamedId
  app_version: string
  enrolled_at: string
  last_contact_at: string | null
  unsent_count: number
  oldest_unsent_at: string | null
  oldest_unsent_s: number | null
  clock_offset_s: number
  clock_is_off: boolean
  revoked_at: string | null
}
export interface EnrolmentCode {
  url: string
  qr_svg: string
  expires_at: string
}
export interface TeamAreas {
  mahalle: string[]
}

/** What became of an imported file. */
export interface BadRow {
  row: number
  column: string | null
  value: string
  reason: string
}
export interface ImportReport {
  rows: number
  targets_created: number
  targets_changed: number
  assignments_created: number
  assignments_changed: number
  unchanged: number
  bad_rows: BadRow[]
}

export interface VisitTargetRow {
  id: string
  name: string
  kind: CodedName
  address: string
  phone: string
  mahalle: NamedId | null
  do_not_visit: boolean
}
export interface VisitAssignmentRow {
  id: string
  target: NamedId
  team: NamedId
  visit_type: CodedName
  day: string
  position: number
  status: CodedName
  reason: string
  address: string
  submission_id: string | null
}
/** A team's visits of one day: how many, how many done, how many tried without success. */
export interface TeamDay {
  team: NamedId
  total: number
  done: number
  not_done: number
}
