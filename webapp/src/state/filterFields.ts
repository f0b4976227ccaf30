/** Which filters the lists offer; their choices come from the reference lists. */
import type { FilterField } from '../components/FilterBar.vue'
import type { CodedName, InUse, NamedId } from '../api/types'
import { text } from '../texts/catalogue'
import { assignmentStatuses } from './assignmentStatus'
import { deviceStates } from './deviceState'
import { nameInFilter, reference } from './reference'

const ofCodes = (codes: (CodedName & Partial<InUse>)[] = []) => codes.map((one) => ({ value: one.code, label: nameInFilter(one) }))
const ofIds = (named: (NamedId & Partial<InUse> & { removed_on?: string | null })[] = []) => named.map((one) => ({ value: one.id, label: nameInFilter(one) }))

const mahalle = (): FilterField => ({
  name: 'mahalle',
  label: text('word.mahalle'),
  kind: 'choice',
  choices: [...ofIds(reference.value?.mahalle), { value: 'none', label: text('place.nowhere') }],
})
const visitType = (): FilterField => ({
  name: 'visit_type',
  label: text('word.visitType'),
  kind: 'choice',
  choices: ofCodes(reference.value?.visit_types),
})
const category = (): FilterField => ({
  name: 'category',
  label: text('word.category'),
  kind: 'choice',
  choices: ofCodes(reference.value?.categories),
})
const days = (): FilterField[] => [
  { name: 'from', label: text('filter.from'), kind: 'date' },
  { name: 'to', label: text('filter.to'), kind: 'date' },
]

/** What stands in the address of the list of visits. */
export const submissionFilterNames = ['q', 'visit_type', 'mahalle', 'place', 'team', 'from', 'to', 'flag', 'review', 'has_findings'] as const

export function submissionFilterFields({ withReview, withTeam }: { withReview: boolean; withTeam: boolean }): FilterField[] {
  const yesNo = [
    { value: 'yes', label: text('filter.withFindings') },
    { value: 'no', label: text('filter.withoutFindings') },
  ]
  const reviews = [
    { value: 'open', label: text('review.open') },
    { value: 'done', label: text('review.done') },
    { value: 'returned', label: text('return.returned') },
  ]
  const places = [
    { value: 'inside', label: text('place.inside') },
    { value: 'outside', label: text('place.outside') },
    { value: 'no_point', label: text('place.noPoint') },
  ]
  return [
    visitType(),
    mahalle(),
    { name: 'place', label: text('submission.place'), kind: 'choice', choices: places },
    ...(withTeam ? [{ name: 'team', label: text('word.team'), kind: 'choice' as const, choices: ofIds(reference.value?.teams) }] : []),
    ...days(),
    { name: 'has_findings', label: text('filter.findings'), kind: 'choice', choices: yesNo },
    { name: 'flag', label: text('submissions.flags'), kind: 'choice', choices: ofCodes(reference.value?.flags) },
    ...(withReview ? [{ name: 'review', label: text('word.review'), kind: 'choice' as const, choices: reviews }] : []),
  ]
}

export function requestFilterFields({ withDirectorate }: { withDirectorate: boolean }): FilterField[] {
  const directorates = ofIds(reference.value?.directorates)
  return [
    {
      name: 'status',
      label: text('word.status'),
      kind: 'choice',
      choices: [{ value: 'open', label: text('requests.allOpen') }, ...ofCodes(reference.value?.request_statuses)],
    },
    category(),
    mahalle(),
    ...(withDirectorate
      ? [{ name: 'directorate', label: text('word.directorate'), kind: 'choice' as const, choices: directorates }]
      : []),
    visitType(),
    ...days(),
  ]
}

export function deviceFilterFields(): FilterField[] {
  const states = deviceStates.map((state) => ({ value: state, label: text(`devices.state.${state}`) }))
  return [
    { name: 'team', label: text('word.team'), kind: 'choice', choices: ofIds(reference.value?.teams) },
    { name: 'state', label: text('word.status'), kind: 'choice', choices: states },
  ]
}

export function assignmentFilterFields(): FilterField[] {
  const statuses = assignmentStatuses.map((status) => ({ value: status, label: text(`value.durum.${status}`) }))
  return [
    { name: 'day', label: text('visitLists.day'), kind: 'date' },
    { name: 'team', label: text('word.team'), kind: 'choice', choices: ofIds(reference.value?.teams) },
    { name: 'status', label: text('word.status'), kind: 'choice', choices: statuses },
  ]
}

export const targetKinds = ['hane', 'esnaf', 'taziye_ailesi', 'asker', 'isveren', 'stk_muhtarlik', 'yasli_engelli', 'kurum', 'adres'] as const
export function targetFilterFields(): FilterField[] {
  return [
    { name: 'kind', label: text('field.tur'), kind: 'choice', choices: targetKinds.map((kind) => ({ value: kind, label: text(`value.tur.${kind}`) })) },
    mahalle(),
  ]
}

export function mapFilterFields({ withVisitType }: { withVisitType: boolean }): FilterField[] {
  return [...days(), ...(withVisitType ? [visitType()] : []), category()]
}
