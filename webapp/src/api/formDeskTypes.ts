/** Answers about visit types and the form desk. */
import type { Answer } from './types'

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
  proposes_next: boolean
  /** At most 1,000 are counted. */
  visits: number
}

export interface DraftRow {
  id: string
  form_id: string
  version: string
  title: string
  made_at: string
  made_by: string | null
}
export interface FormChange {
  kind:
    | 'question_added' | 'question_removed' | 'type_changed' | 'repeat_changed' | 'label_changed' | 'choice_added'
    | 'choice_removed' | 'choice_label_changed' | 'required_changed' | 'rule_changed' | 'list_changed'
  question: string
  label: string
  before: string
  after: string
  breaks: boolean
}
export interface ChangeList {
  older: string
  newer: string
  items: FormChange[]
}
export interface Trial {
  id: string
  received_at: string
  device_id: string
  files: string[]
  remarks: { code: string; path: string; sentence: string; question: string | null }[]
  requests: { category: string; directorate: string; description: string }[]
  answers: Answer[]
}
export interface DraftView extends DraftRow {
  source_name: string
  trial_until: string
  /** The version that is current now; publishing names it, so that nobody publishes over what they have not seen. */
  over: string | null
  changes: FormChange[]
  questions: number
  warnings: string[]
  trials: Trial[]
}
/** Given once; the key in it is kept nowhere. */
export interface TrialLink {
  draft_id: string
  url: string
  url_qr_svg: string
  collect_url: string
  collect_qr_svg: string
}
