/** The day's visits as the worker sees them: what the server gave, with what was done here. */
import { computed, ref, watch } from 'vue'
import { istanbulDay, istanbulDayOf } from '../../formatting'
import { text } from '../../texts/catalogue'
import { revision } from '../store/changes'
import { fact } from '../store/database'
import type { AssignmentItem, TargetItem } from '../store/feedItems'
import { held } from '../store/heldData'
import { outbox, type EntityChange } from '../store/outbox'
import { teamName } from './codeNames'
import { placeOfTarget, type Place } from './places'

export interface Visit {
  id: string
  item: AssignmentItem
  target?: TargetItem
  place?: Place
  title: string
  isLate: boolean
  isOnTheWay: boolean
}
export interface Day {
  open: Visit[]
  doneCount: number
}
export type Fate = 'evde_yok' | 'istemedi' | 'ertelendi'

/** What is said of a planned visit that did not take place. `isForGood`: they do not want to be visited again. */
export interface Said {
  fate: Fate
  reason: string
  again: string
  isForGood: boolean
}

export function isUnwanted(target: TargetItem | undefined): boolean {
  return target?.fields.ziyaret_edilmesin === 'evet'
}

/** The team that was asked for: by the visit itself, else by its household. */
export function wantedTeam(target: TargetItem | undefined, visit?: AssignmentItem): string {
  return visit?.fields.istenen_ekip || target?.fields.istenen_ekip || ''
}

/** Says which team was asked for; nothing where none was. */
export function wantedTeamWords(target: TargetItem | undefined, visit?: AssignmentItem): string {
  const wanted = wantedTeam(target, visit)
  if (!wanted) return ''
  const name = teamName(wanted)
  return name ? text('tablet.wantedTeam', { team: name }) : text('tablet.wantedTeam.unnamed')
}

/** Says which team a household wants, whoever goes today; nothing where it wants none. */
export function householdWish(target: TargetItem | undefined): string {
  const wanted = target?.fields.istenen_ekip
  if (!wanted) return ''
  const name = teamName(wanted)
  return name ? text('tablet.wantedTeam.household', { team: name }) : text('tablet.wantedTeam.householdUnnamed')
}

export function titleOf(target: TargetItem | undefined): string {
  const { ad, yetkili, adres } = target?.fields ?? {}
  return ad || yetkili || adres || '—'
}

function visitOf(item: AssignmentItem, today: string): Visit {
  const target = held.target.get(item.fields.hedef ?? '')
  const isLate = (item.fields.tekrar_tarihi || item.fields.gun || '') < today
  return { id: item.id, item, target, place: placeOfTarget(target), title: titleOf(target), isLate, isOnTheWay: item.fields.durum === 'yolda' }
}

/** Planned up to today, or put off until today. */
function isDue({ fields }: AssignmentItem, today: string): boolean {
  if (fields.durum === 'ertelendi') return Boolean(fields.tekrar_tarihi) && (fields.tekrar_tarihi ?? '') <= today && !isPlannedAnew(fields)
  return isOpen(fields) && (fields.gun ?? '') <= today
}
const isOpen = ({ durum }: AssignmentItem['fields']) => (durum ?? 'planli') === 'planli' || durum === 'yolda'

/** Once the centre has heard that a visit was put off it plans the next one; until then the old one stands for it. */
function isPlannedAnew(old: AssignmentItem['fields']): boolean {
  const isNext = ({ fields }: AssignmentItem) => fields.hedef === old.hedef && fields.tur === old.tur && isOpen(fields) && (fields.gun ?? '') >= (old.tekrar_tarihi ?? '')
  return [...held.assignment.values()].some(isNext)
}

/** The day on which the server was last heard of: an empty battery sets the clock back to 1970. */
const heardOn = ref('')
async function readHeardOn(): Promise<void> {
  const heard = (await fact('contact'))?.serverTime
  heardOn.value = heard ? istanbulDayOf(new Date(heard)) : ''
}
watch(revision, readHeardOn, { immediate: true })

function today(): Day {
  const here = istanbulDay()
  const day = here < heardOn.value ? heardOn.value : here
  const all = [...held.assignment.values()]
  const due = all.filter((item) => isDue(item, day))
  const closed = all.filter((item) => item.fields.gun === day && !isDue(item, day))
  const order = ({ item }: Visit) => Number(item.fields.sira ?? 0)
  const open = due.map((item) => visitOf(item, day)).sort((a, b) => Number(a.isLate) - Number(b.isLate) || order(a) - order(b))
  return { open, doneCount: closed.filter(({ fields }) => fields.durum !== 'iptal').length }
}

/** That nobody shall come again. */
export function unwanted(target: TargetItem): EntityChange {
  const note = { title: titleOf(target), what: 'ziyaret_edilmesin', targetId: target.id }
  return { kind: 'target', entityId: target.id, version: target.version, fields: { ziyaret_edilmesin: 'evet' }, note }
}

/** The outbox item by which what was said last can be taken back; the visit's card is gone by then. */
export const lastClosed = ref('')

/** Says what became of a planned visit that did not take place. */
async function close({ id, item, target, title }: Visit, { fate, reason, again, isForGood }: Said): Promise<void> {
  const note = { title, what: fate, targetId: target?.id }
  const fields = { durum: fate, neden: reason, tekrar_tarihi: again }
  const closed = { kind: 'assignment', entityId: id, version: item.version, fields, note } as const
  if (!isForGood || !target) return void (lastClosed.value = await outbox.change(closed))
  lastClosed.value = await outbox.change(closed, unwanted(target))
}

/** Says that the team sets off to a visit; one tap, taken back as any other. */
async function setOff({ id, item, target, title }: Visit): Promise<void> {
  lastClosed.value = await outbox.change({ kind: 'assignment', entityId: id, version: item.version, fields: { durum: 'yolda' }, note: { title, what: 'yolda', targetId: target?.id } })
}

/** The open planned visit of a target, if there is one. */
function openVisitOf(targetId: string): Visit | undefined {
  return today().open.find(({ target }) => target?.id === targetId)
}

export const assignments = { today, close, setOff, openVisitOf }

/** Today's visits, computed anew whenever something changed. */
export function useToday() {
  return computed(() => (revision.value, today()))
}
