/** Answers about visit types and the form desk. */

export type DeadlineRule = '' | 'after_event' | 'before_event'
export interface VisitTypeRow {
  code: string
  name: string
  form_id: string | null
  form_title: string | null
  deadline_rule: DeadlineRule
  deadline_days: number | null
  cadence_days: number | null
  expected_minutes: number
  indicator: string
  is_active: boolean
  /** At most 1,000 are counted. */
  visits: number
}
