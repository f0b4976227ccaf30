/** The day's visits as the worker sees them: what the server gave, with what was done here. */
import { computed, ref } from 'vue'
import { istanbulDay } from '../../formatting'
import { revision } from '../store/changes'
import type { AssignmentItem, TargetItem } from '../store/feedItems'
import { held } from '../store/heldData'
import { outbox } from '../store/outbox'
import { placeOf, type Place } from './places'

export interface Visit {
  id: string
  item: AssignmentItem
  target?: TargetItem
  place?: Place
  title: string
  isLate: boolean
}
export interface Day {
  open: Visit[]
  doneCount: number
}
export type Fate = 'evde_yok' | 'istemedi' | 'ertelendi'

export function titleOf(target: TargetItem | undefined): string {
  const { ad, yetkili, adres } = target?.fields ?? {}
  return ad || yetkili || adres || '—'
}

function visitOf(item: AssignmentItem, today: string): Visit {
  const target = held.target.get(item.fields.hedef ?? '')
  const isLate = (item.fields.tekrar_tarihi || item.fields.gun || '') < today
  return { id: item.id, item, target, place: placeOf(target?.fields.geometry), title: titleOf(target), isLate }
}

/** Planned up to today, or put off until today. */
function isDue({ fields }: AssignmentItem, today: string): boolean {
  if (fields.durum === 'ertelendi') return Boolean(fields.tekrar_tarihi) && (fields.tekrar_tarihi ?? '') <= today
  return (fields.durum ?? 'planli') === 'planli' && (fields.gun ?? '') <= today
}

function today(): Day {
  const day = istanbulDay()
  const all = [...held.assignment.values()]
  const due = all.filter((item) => isDue(item, day))
  const closed = all.filter((item) => item.fields.gun === day && !isDue(item, day))
  const order = ({ item }: Visit) => Number(item.fields.sira ?? 0)
  const open = due.map((item) => visitOf(item, day)).sort((a, b) => Number(a.isLate) - Number(b.isLate) || order(a) - order(b))
  return { open, doneCount: closed.filter(({ fields }) => fields.durum !== 'iptal').length }
}

/** The outbox item by which what was said last can be taken back; the visit's card is gone by then. */
export const lastClosed = ref('')

/** Says what became of a planned visit that did not take place. */
async function close(visit: Visit, fate: Fate, reason: string, again = ''): Promise<void> {
  const fields = { durum: fate, neden: reason, tekrar_tarihi: again }
  const note = { title: visit.title, what: fate, targetId: visit.target?.id }
  lastClosed.value = await outbox.change({ kind: 'assignment', entityId: visit.id, version: visit.item.version, fields, note })
}

/** The open planned visit of a target, if there is one. */
function openVisitOf(targetId: string): Visit | undefined {
  return today().open.find(({ target }) => target?.id === targetId)
}

export const assignments = { today, close, openVisitOf }

/** Today's visits, computed anew whenever something changed. */
export function useToday() {
  return computed(() => (revision.value, today()))
}
