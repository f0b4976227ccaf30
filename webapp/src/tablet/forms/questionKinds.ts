/** Which control shows a node. What no control can show is said by the server when the form is published (`field_forms/tablet_support.py`). */
import type { AnyNode, AnyViolation, GeneralChildNode, InputNode, UploadNode } from './engine'
import { word } from './words'

export type QuestionKind =
  | 'choice' | 'date' | 'file' | 'note' | 'number' | 'photo' | 'point' | 'range' | 'rank' | 'signature' | 'text' | 'trigger'
  | 'unsupported'

const INPUTS: Partial<Record<string, QuestionKind>> = {
  int: 'number', decimal: 'number', date: 'date', time: 'date', dateTime: 'date', geopoint: 'point', geotrace: 'unsupported',
  geoshape: 'unsupported',
}
const OTHERS: Partial<Record<string, QuestionKind>> = {
  select: 'choice', trigger: 'trigger', range: 'range', rank: 'rank', note: 'note',
}
/** What is one field, which a label names; everything else is a group of fields with a legend. */
export const SINGLE_FIELDS: ReadonlySet<QuestionKind> = new Set(['text', 'number', 'date', 'range'])

export function kindOf(node: AnyNode): QuestionKind | undefined {
  if (node.nodeType === 'input') return INPUTS[(node as InputNode).valueType] ?? 'text'
  if (node.nodeType === 'upload') return kindOfUpload(node)
  return OTHERS[node.nodeType]
}

function kindOfUpload(node: UploadNode): QuestionKind {
  if (node.nodeOptions.media.type !== 'image') return 'file'
  const isDrawn = ['signature', 'draw'].some((one) => appears(node, one))
  return isDrawn ? 'signature' : 'photo'
}

export function appears(node: { appearances: unknown }, name: string): boolean {
  const stated = node.appearances as Iterable<string> | null
  return stated !== null && [...stated].includes(name)
}

/** Whether a node has a place on a screen now; a choice of nothing that may be left out has none. */
export function isShown(node: GeneralChildNode): boolean {
  if (!node.currentState.relevant) return false
  if (node.nodeType === 'group') return node.currentState.children.some(isShown)
  if (node.nodeType === 'select' && !node.currentState.required) return node.currentState.valueOptions.length > 0
  return node.nodeType.startsWith('repeat-range') || kindOf(node) !== undefined
}

/** What is wrong, in the form's words, or in ours where it has none. */
export function messageOf(violation: AnyViolation): string {
  return violation.message?.asString.trim() || word(violation.condition === 'required' ? 'error.required' : 'error.constraint')
}

export function isAnswered(node: AnyNode): boolean {
  const { value } = node.currentState
  if (Array.isArray(value)) return value.length > 0
  return value !== null && value !== '' && value !== false
}
