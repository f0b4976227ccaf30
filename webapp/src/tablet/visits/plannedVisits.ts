/** The day's visits as the worker sees them: what the server gave, less what is on its way to it. */
import { shallowRef, watch } from 'vue'
import { istanbulDay, istanbulDayOf } from '../../formatting'
import { revision } from '../store/changes'
import { fact } from '../store/database'
import type { AssignmentItem, TargetItem } from '../store/feedItems'
import { held } from '../store/heldData'
import { outbox } from '../store/outbox'
import { session } from '../store/session'
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

/** Never before the day on which the server was last heard of: an empty battery sets the clock back to 1970. */
async function presentDay(): Promise<string> {
  const heard = (await fact('contact'))?.serverTime
  const [here, there] = [istanbulDay(), heard ? istanbulDayOf(new Date(heard)) : '']
  return here < there ? there : here
}

async function today(): Promise<Day> {
  const [day, underWay] = [await presentDay(), await outbox.underWay()]
  const isUnderWay = ({ id, version }: AssignmentItem) => (underWay.get(id) ?? -1) >= version
  const all = [...held.assignment.values()]
  const due = all.filter((item) => isDue(item, day) && !isUnderWay(item))
  const closed = all.filter((item) => item.fields.gun === day && (isUnderWay(item) || !isDue(item, day)))
  const order = ({ item }: Visit) => Number(item.fields.sira ?? 0)
  const open = due.map((item) => visitOf(item, day)).sort((a, b) => Number(a.isLate) - Number(b.isLate) || order(a) - order(b))
  return { open, doneCount: closed.filter(({ fields }) => fields.durum !== 'iptal').length }
}

/** Says what became of a planned visit that did not take place; returns the id by which it can be taken back. */
async function close(visit: Visit, fate: Fate, reason: string, again = ''): Promise<string> {
  const fields = { durum: fate, neden: reason, tekrar_tarihi: again }
  const note = { title: visit.title, what: fate, targetId: visit.target?.id }
  return await outbox.change({ kind: 'assignment', entityId: visit.id, version: visit.item.version, fields, note })
}

/** The open planned visit of a target, if there is one. */
async function openVisitOf(targetId: string): Promise<Visit | undefined> {
  return (await today()).open.find(({ target }) => target?.id === targetId)
}

export const assignments = { today, close, openVisitOf }

/** Today's visits, computed anew whenever something changed. */
export function useToday() {
  const day = shallowRef<Day>({ open: [], doneCount: 0 })
  watch([revision, session], async () => (day.value = await today()), { immediate: true })
  return day
}
