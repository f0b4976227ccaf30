/** The control of each kind of question. All take the same: node, id, describedBy, isWrong, isFixed. */
import type { Component } from 'vue'
import type { QuestionKind } from '../questionKinds'
import ChoiceControl from './ChoiceControl.vue'
import DateControl from './DateControl.vue'
import FileControl from './FileControl.vue'
import NumberControl from './NumberControl.vue'
import PhotoControl from './PhotoControl.vue'
import PointControl from './PointControl.vue'
import RangeControl from './RangeControl.vue'
import RankControl from './RankControl.vue'
import SignatureControl from './SignatureControl.vue'
import TextControl from './TextControl.vue'
import TriggerControl from './TriggerControl.vue'
import UnsupportedControl from './UnsupportedControl.vue'

/** What every control is given; `id` belongs on the one field of a control that is a single field. */
export interface ControlProps<Node> {
  node: Node
  id: string
  describedBy?: string
  isWrong: boolean
  isFixed: boolean
}

const CONTROLS: Record<Exclude<QuestionKind, 'note'>, Component> = {
  choice: ChoiceControl,
  date: DateControl,
  file: FileControl,
  number: NumberControl,
  photo: PhotoControl,
  point: PointControl,
  range: RangeControl,
  rank: RankControl,
  signature: SignatureControl,
  text: TextControl,
  trigger: TriggerControl,
  unsupported: UnsupportedControl,
}

export function controlOf(kind: QuestionKind): Component {
  return kind === 'note' ? UnsupportedControl : CONTROLS[kind]
}
