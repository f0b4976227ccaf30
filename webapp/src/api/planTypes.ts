/** Answers about day plans. Days YYYY-MM-DD, times HH:MM in Istanbul, lengths in seconds. */
import type { CodedName, NamedId, WantedTeam } from './types'

export type PlanState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'adopted'
export interface PlanRow {
  id: string
  first_day: string
  last_day: string
  state: PlanState
  share: number
  by: NamedId
  asked_at: string
  adopted_at: string | null
  trouble: string | null
}
export interface PlannedVisit {
  id: string
  target: NamedId
  address: string
  visit_type: CodedName
  lon: number | null
  lat: number | null
  precision: CodedName
  is_pinned: boolean
  preferred_team: WantedTeam | null
}
export interface PlanStop {
  number: number
  visit: PlannedVisit
  arrival: string
  start: string
  end: string
  travel_s: number
  is_moved: boolean
  /** Why the team does not go that was asked for, as a sentence; empty where it does. */
  missed: string
}
export interface PlanRoute {
  team: NamedId
  day: string
  departure: string
  back_at: string
  lunch: [string, string] | null
  travel_s: number
  stops: PlanStop[]
}
export interface PlanMove {
  visit: string
  team: string
  day: string
  after: string | null
}
export interface AskedPlan {
  first_day: string
  last_day: string | null
  team_ids: string[]
  is_balanced: boolean
  from_now: boolean
  seconds: number | null
  based_on: string | null
  moves: PlanMove[]
  beside: boolean
  keep_ours: string[]
  keep_theirs: string[]
}
/** How bee-lines were reckoned by a mode; `learnt_at` is null where it is the settings'. */
export interface PlanPace {
  mode: string
  road_factor: number
  speed_kmh: number
  trip_count: number
  learnt_at: string | null
}
export interface PlanPlace {
  team: NamedId
  day: string
  time: string
  number: number
}
export interface PlanDifferences {
  items: { visit: PlannedVisit; kind: string; planned: PlanPlace | null; standing: PlanPlace | null; by: string; at: string | null }[]
  teams: NamedId[]
}
export interface PlanView {
  plan: PlanRow
  asked: AskedPlan
  routes: PlanRoute[] | null
  unfitted: { visit: PlannedVisit; reason: CodedName }[]
  notes: string[]
  paces: PlanPace[]
}
export interface Adopted {
  adopted: number
  left: string[]
}
