/** The answers of the HTTP contract, as the pages read them. Times are ISO 8601 UTC, dates YYYY-MM-DD in Istanbul. */

export type Role = 'field_worker' | 'coordinator' | 'directorate_officer' | 'manager' | 'administrator'
export type PageCode =
  | 'map' | 'submissions' | 'requests' | 'review' | 'conflicts' | 'quarantine' | 'visit_lists' | 'campaigns' | 'teams' | 'forms' | 'tablets' | 'boundaries' | 'users'

export interface CodedName {
  code: string
  name: string
}
export interface NamedId {
  id: string
  name: string
}
/** Asked for by a visit or a household; one that was removed is still written down. */
export interface WantedTeam extends NamedId {
  is_active: boolean
}
export interface Page<T> {
  items: T[]
  /** Short lists come whole: without a cursor and without a total. */
  next_cursor?: string | null
  total?: number | null
}

export interface Me {
  id: string
  username: string
  display_name: string
  role: Role
  team: NamedId | null
  directorate: NamedId | null
  pages: PageCode[]
  municipality: string
  is_sample_data: boolean
  tile_url: string | null
  tile_attribution: string | null
}

/** What is out of use can be asked for, and nothing new be made with it. */
export interface InUse {
  is_active: boolean
}

export interface Reference {
  visit_types: (CodedName & InUse)[]
  categories: CodedName[]
  /** `removed_on`: gone from the boundaries since, but something was counted in it. */
  mahalle: (NamedId & { code: string | null; removed_on: string | null })[]
  teams: (NamedId & InUse)[]
  directorates: NamedId[]
  request_statuses: CodedName[]
  flags: CodedName[]
}

export interface MahalleProperties {
  id: string
  code: string | null
  name: string
  is_sample: boolean
}
export interface MahalleCount {
  mahalle_id: string | null
  visits: number | null
  open_requests: number
  requests: number
}
export interface MahalleCounts {
  items: MahalleCount[]
  from: string | null
  to: string | null
}

export interface Point {
  lon: number
  lat: number
  accuracy_m: number | null
}
export interface Photo {
  name: string
  state: 'received' | 'awaited' | 'refused'
  is_image: boolean | null
  reason: string | null
  thumb_url: string | null
  shown_url: string | null
  original_url: string | null
  captured_at: string | null
  width: number | null
  height: number | null
}
export type AnswerKind = 'group' | 'repeat' | 'text' | 'choice' | 'point' | 'photo' | 'number' | 'date' | 'unknown'
export interface Answer {
  path: string
  label: string
  kind: AnswerKind
  value: string | null
  photo_name: string | null
  point: Point | null
  children: Answer[]
}

export type ReviewState = 'none' | 'open' | 'done' | 'returned'
export interface SubmissionRow {
  id: string
  visit_type: CodedName
  form: { id: string; version: string }
  team: NamedId | null
  submitted_by: string | null
  visited_at: string
  received_at: string
  mahalle: NamedId | null
  place: 'inside' | 'outside' | 'no_point'
  result: string | null
  person_name: string | null
  address: string | null
  flags: string[]
  review: ReviewState
  photos: { expected: number; received: number }
  request_count: number
  tracking_nos: string[]
}
export interface Remark {
  code: string
  path: string | null
  sentence: string
  question: string | null
}
export interface Review {
  state: ReviewState
  by: string | null
  at: string | null
  note: string | null
}
export interface SubmissionView extends Omit<SubmissionRow, 'review' | 'tracking_nos'> {
  instance_id: string
  device_id: string | null
  point: Point | null
  possible_mahalle: NamedId[]
  distance_m: number | null
  answers: Answer[]
  remarks: Remark[]
  photo_list: Photo[]
  requests: RequestRow[]
  earlier_versions: { id: string; received_at: string }[]
  later_version: { id: string } | null
  review: Review
}

export interface RequestRow {
  id: string
  tracking_no: string
  category: CodedName
  status: CodedName
  description: string | null
  mahalle: NamedId | null
  directorate: NamedId
  visit_type: CodedName | null
  channel: string
  opened_at: string
  /** When it was answered first. */
  answered_at: string | null
  closed_at: string | null
  age_days: number
  photo_count: number
}
export interface HistoryStep {
  at: string
  by: string | null
  kind: string
  status: CodedName
  note: string | null
  directorate: NamedId | null
}
export interface RequestView extends RequestRow {
  point: Point | null
  photos: Photo[]
  history: HistoryStep[]
  submission_id: string | null
  routing_reason: string
  /** The one that stands. */
  answer: RequestAnswer | null
  may_answer: boolean
  /** Whether its visit was to a household that we know; only then somebody goes and asks. */
  has_household: boolean
  /** The visit that asks whether the answer helped; for those who see visits. */
  follow_up: { day: string; team: NamedId; status: CodedName } | null
}
export interface RequestAnswer {
  id: string
  at: string
  by: string | null
  text: string
}

export type QuarantineContent = 'submission' | 'operation'
export interface QuarantineRow {
  id: string
  content: QuarantineContent
  is_repaired: boolean
  received_at: string
  reason: { code: string; sentence: string }
  form_id: string | null
  instance_id: string | null
  submitted_by: string | null
  byte_size: number
  times_seen: number
  last_seen_at: string
  state: 'open' | 'replayed' | 'closed'
  /** Without a submission where it became a change of an entity. */
  result: { submission_id: string | null } | null
}
export interface QuarantineView extends QuarantineRow {
  xml_text: string
  repaired: { text: string; by: string | null; at: string } | null
  photos: { name: string; byte_size: number | null }[]
  closed: { by: string | null; at: string; reason: string } | null
}

export type FormState = 'open' | 'closing' | 'closed'
export interface FormRow {
  form_id: string
  title: string
  state: FormState
  visit_type: CodedName | string | null
  current_version: string
  published_at: string
  versions: number
  submissions: number
}
export interface FormVersion {
  version: string
  published_at: string
  published_by: string | null
  source_name: string | null
  attachments: { file_name: string; byte_size: number }[]
  submissions: number
  links: { xform: string | null; xlsx: string | null; markdown: string | null }
}
export interface FormView extends Omit<FormRow, 'versions'> {
  versions: FormVersion[]
}
export interface FormCheck {
  ok: true
  form_id: string
  version: string
  title: string
  questions: number
  opens_requests: boolean
  attachments_needed: string[]
  warnings?: string[]
}
export interface FormError {
  sheet: string | null
  row: number | null
  column: string | null
  message: string
}

export interface TabletRow {
  id: string
  user: { id: string; display_name: string; team: NamedId | null }
  label: string
  created_at: string
  last_used_at: string | null
  revoked_at: string | null
}
export interface NewTablet {
  id: string
  collect_qr_svg: string
  server_url: string
  settings_json: string
}
export interface FieldWorker {
  id: string
  display_name: string
  team: NamedId | null
}
export interface UserRow {
  id: string
  username: string
  display_name: string
  role: Role
  team: NamedId | null
  directorate: NamedId | null
  is_active: boolean
  last_sign_in_at: string | null
}
