/** The items of the server's feed as they come (docs/sync-protocol.md, "Pull"). */

export interface RequestLine {
  tracking_no: string
  category: string
  status: string
}
export interface TargetItem {
  op: 'put'
  kind: 'target'
  id: string
  version: number
  fields: Record<string, string>
  mahalle: string | null
  /** Where it lies as far as is known, while it has no point of its own; an older server does not say. */
  rough?: { lat: number; lon: number; precision: 'sokak' | 'mahalle' }
}
export interface AssignmentItem {
  op: 'put'
  kind: 'assignment'
  id: string
  version: number
  fields: Record<string, string>
}
export interface HistoryItem {
  op: 'put'
  kind: 'history'
  id: string
  visits: { on: string; type: string; result: string }[]
  /** Older rows do not say when a request was opened. */
  requests: (RequestLine & { opened_on?: string })[]
  /** What was answered last, the newest first; older rows do not say. */
  answered?: { tracking_no: string; category: string; opened_on: string; answered_on: string; answer: string }[]
}
export interface SubmissionItem {
  op: 'put'
  kind: 'submission'
  id: string
  /** Who sent it; an older server does not say. */
  worker_id?: string
  instance_id: string
  form_id: string
  state: 'received' | 'held' | 'returned' | 'superseded'
  question: string | null
  requests: RequestLine[]
  photos: Record<string, 'awaited' | 'verified' | 'refused'>
}
export interface Items {
  target: TargetItem
  assignment: AssignmentItem
  history: HistoryItem
  submission: SubmissionItem
}
export type Kind = keyof Items
export type FeedItem = Items[Kind] | { op: 'rm'; kind: Kind; id: string }
