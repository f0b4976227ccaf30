/** Answers about campaigns, teams, the live board and two teams at one address. Times of day are HH:MM:SS. */
import type { CodedName, NamedId } from './types'

export interface Campaign {
  id: string
  version: number
  name: string
  visit_type: CodedName
  target_kind: CodedName
  first_day: string
  last_day: string
  quota: number
  repeats: CodedName
  unvisited_days: number
  per_day: number | null
  priority: number
  windows: string
  instructions: string
  /** `kadin`, `erkek`, or nothing: anybody. */
  visitor: string
  state: CodedName
  next_round_on: string | null
  teams: NamedId[]
  mahalle: NamedId[]
  progress: { first_day: string; last_day: string; planned: number; done: number; tried: number } | null
}
/** `waiting`: visits that are due, and that no team has in its area; `unmet`: that asked for somebody whom no team has. */
export interface CampaignList {
  items: Campaign[]
  waiting: { visit_type: string; count: number }[]
  unmet: { target: NamedId; visit_type: CodedName; visitor: string; reason: string }[]
}
export interface SavedCampaign {
  campaign: Campaign
  planned: number
  found: number
}

/** Whom a campaign has no place for now: the first of them, and how many there are. */
export interface LeftOutList {
  items: { target: NamedId; visitor: string; reason: string }[]
  count: number
}

export interface DoubleSide {
  id: string
  team: NamedId
  day: string
  visit_type: CodedName
  status: CodedName
  time: string
}
export interface DoubleRow {
  target: NamedId
  address: string
  first: DoubleSide
  second: DoubleSide
}

export interface Shift {
  weekday: number
  starts: string
  ends: string
  lunch_minutes: number
  lunch_from: string | null
  lunch_until: string | null
}
export interface Member {
  id: string
  name: string
  gender: '' | 'kadin' | 'erkek'
  is_team_leader: boolean
  shares_position: boolean
}
export interface TeamPoint {
  lon: number
  lat: number
}
export interface Team {
  id: string
  version: number
  name: string
  is_active: boolean
  members: Member[]
  shifts: Shift[]
  start: TeamPoint | null
  end: TeamPoint | null
  mode: 'walk' | 'car'
  visit_minutes: number
}
export interface Worker {
  id: string
  name: string
  team_id: string | null
}
export interface Leave {
  id: string
  team: NamedId
  worker: NamedId | null
  first_day: string
  last_day: string
  reason: string
}
export interface TeamList {
  items: Team[]
  workers: Worker[]
  leaves: Leave[]
}

/** `weekend`: days of the week, 0 is Monday. */
export interface DaysOff {
  weekend: number[]
  holidays: DayOff[]
}
/** A public holiday, or a day off that governor or mayor gave (`is_own`). */
export interface DayOff {
  day: string
  name: string
  is_half_day: boolean
  is_own: boolean
}
/** What became of visits that a leave strands. */
export interface StrandedMoves {
  moved: { id: string; target: NamedId; from_day: string; from_position: number; from_time: string; day: string; team: NamedId }[]
  stayed: StayedVisit[]
}
/** A visit that stays where it is, and why. */
export interface StayedVisit {
  id: string
  target: NamedId
  day: string
  reason: string
}

export interface BoardVisit {
  id: string
  target: NamedId
  time: string
  since: string | null
}
export interface BoardTeam {
  team: NamedId
  shift: string
  total: number
  done: number
  tried: number
  current: BoardVisit | null
  next: BoardVisit | null
  minutes_late: number
  pace: { code: '' | 'stuck' | 'late' | 'silent'; name: string }
  last_contact_at: string | null
  unsent_count: number
  position: { lon: number; lat: number; accuracy_m: number; at: string } | null
}
export interface Board {
  day: string
  at: string
  teams: BoardTeam[]
}
