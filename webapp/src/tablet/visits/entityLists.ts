/**
 * The rows of entity lists that a form is given: what was chosen, or the day's open visits. Never all that is held, because
 * the engine takes half a minute to open a form with a hundred thousand rows.
 */
import type { AssignmentItem, TargetItem } from '../store/feedItems'
import { held } from '../store/heldData'
import { assignments, titleOf } from './plannedVisits'

const columns = {
  hedefler: ['tur', 'ad', 'yetkili', 'telefon', 'telefon_2', 'adres', 'uavt', 'geometry', 'not', 'ziyaret_edilmesin'],
  ziyaretler: ['hedef', 'tur', 'gun', 'sira', 'durum', 'neden', 'tekrar_tarihi'],
} as const
const head = ['name', 'label', '__version', '__trunkVersion', '__branchId']

const cell = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const line = (cells: readonly string[]) => cells.map(cell).join(',')

function csv(list: keyof typeof columns, items: [TargetItem | AssignmentItem, label: string][]): string {
  const rows = items.map(([{ id, version, fields }, label]) => {
    // A branch of its own for each form: what this tablet changed before it never contradicts (docs/sync-protocol.md).
    // What was made here and the server has not shown yet is on a branch that began with the creation: no trunk.
    const known = version < 0 ? ['', ''] : [String(version || 1), String(version || '')]
    const seen = [...known, crypto.randomUUID()]
    return line([id, label, ...seen, ...columns[list].map((name) => fields[name] ?? '')])
  })
  return [line([...head, ...columns[list]]), ...rows].join('\n')
}

/** A visit that has left this tablet stays choosable for the form that was filled about it. */
function gone({ targetId, assignmentId: id }: { targetId?: string; assignmentId?: string }): AssignmentItem | undefined {
  return id ? { op: 'put', kind: 'assignment', id, version: -1, fields: { hedef: targetId ?? '' } } : undefined
}

/** The lists for a form about one planned visit or target, or, where none was chosen, about any open visit of the day. */
export function listsFor(chosen: { targetId?: string; assignmentId?: string }): Record<string, string> {
  const one = held.assignment.get(chosen.assignmentId ?? '') ?? gone(chosen)
  const isFree = !chosen.assignmentId && !chosen.targetId
  const visits = one ? [one] : isFree ? assignments.today().open.map(({ item }) => item) : []
  const ids = new Set([...visits.map(({ fields }) => fields.hedef ?? ''), chosen.targetId ?? ''])
  const targets = [...ids].map((id) => held.target.get(id)).filter((target) => target !== undefined)
  const place = ({ fields }: AssignmentItem) => (fields.sira ? `${fields.sira}. ` : '')
  return {
    hedefler: csv('hedefler', targets.map((target) => [target, titleOf(target)])),
    ziyaretler: csv('ziyaretler', visits.map((visit) => [visit, place(visit) + titleOf(held.target.get(visit.fields.hedef ?? ''))])),
  }
}
