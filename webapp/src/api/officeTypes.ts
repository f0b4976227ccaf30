/** Answers about conflicts, tablets with our own application, and visit lists. Times ISO 8601 UTC, days YYYY-MM-DD. */
import type { CodedName, NamedId, ReviewState, WantedTeam } from './types'

/**
 * A value and where it comes from; `source_id` is the submission's where it is one, `version` of the standing one only.
 * `entered_at`: when it was entered, by the tablet's clock put right; `at`: when it came.
 */
export interface ConflictValue {
  value: string
  by: string | null
  at: string | null
  entered_at: string | null
  device: string
  door: 'tablet' | 'collect' | 'list' | 'office' | null
  source: 'submission' | 'operation' | 'import' | 'decision' | null
  source_id: string | null
  version: number | null
}
export interface ConflictView {
  id: string
  at: string
  state: 'open' | 'decided'
  entity: { kind: 'target' | 'assignment'; id: string; name: string; mahalle: string }
  field: { name: string; label: string; is_sensitive: boolean }
  base_value: string
  standing: ConflictValue
  other: ConflictValue
  decision: { choice: 'standing' | 'other'; by: string | null; at: string; by_itself: boolean } | null
}

/** One version of a visit; its answers are those of its own submission. */
export interface SubmissionVersion {
  id: string
  received_at: string
  submitted_by: string
  uses_collect: boolean
  review: ReviewState
  question: string | null
  returned_at: string | null
  returned_by: string | null
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

export interface VisitTargetRow {
  id: string
  version: number
  kind: CodedName
  name: string
  fields: Record<string, string | undefined>
  mahalle: NamedId | null
  external_no: string | null
  lon: number | null
  lat: number | null
  precision: CodedName
  /** The team that the household wants, whatever is planned there. */
  preferred_team: WantedTeam | null
  changed_at: string
}
export interface VisitAssignmentRow {
  id: string
  version: number
  day: string
  position: number
  team: NamedId
  visit_type: CodedName
  status: CodedName
  reason: string
  again_on: string
  target: NamedId
  address: string
  mahalle: NamedId | null
  changed_at: string
  last_day: string | null
  /** Why it wants a decision, if it does. */
  attention: '' | 'late' | 'no_day' | 'not_home'
  /** Asked for by the visit itself (`has_own_wish`), else by its household. */
  preferred_team: WantedTeam | null
  has_own_wish: boolean
}
/** A team's visits of one day: how many, how many done, how many tried without success. */
export interface TeamDay {
  team: NamedId
  total: number
  done: number
  not_done: number
}
