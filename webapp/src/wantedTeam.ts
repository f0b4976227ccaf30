/** How a team is called that was asked for: one that was removed stays written down, and is said to be gone. */
import type { WantedTeam } from './api/types'
import { text } from './texts/catalogue'

export function wantedName(team: WantedTeam): string {
  return team.is_active ? team.name : text('wish.removed', { team: team.name })
}

/** Says which team is wanted. */
export const wantedWords = (team: WantedTeam) => text('wish.wants', { team: wantedName(team) })
