/** Who declined a visit, by the form that was filled about it: of them it is asked whether anybody may come again. */
import { leafTexts, parseXml } from '../forms/draftFiles'
import type { TargetItem } from '../store/feedItems'
import { held } from '../store/heldData'
import type { OwnChange } from '../store/ownRows'
import { isUnwanted } from './plannedVisits'

const declined = 'istemedi'

/** The visited target where the form says that the visit was declined, and nobody has noted it for good yet. */
export function declinedTarget(xml: string, changes: readonly OwnChange[], targetId = ''): TargetItem | undefined {
  const isPlanned = changes.some(({ kind, fields }) => kind === 'assignment' && fields.durum === declined)
  const isSaid = () => [...leafTexts(parseXml(xml))].some(([place, said]) => /\/sonuc\[1\]$/.test(place) && said === declined)
  const target = held.target.get(targetId)
  return target && !isUnwanted(target) && (isPlanned || isSaid()) ? target : undefined
}
