/** The answers of two versions of one visit side by side, question by question, in the form's order. */
import type { Answer } from './api/types'
import { coordinates, distance } from './formatting'

export interface ComparedAnswer {
  key: string
  label: string
  /** The groups and repeats the question stands in. */
  section: string
  kind: Answer['kind']
  before: Answer | undefined
  after: Answer | undefined
  isChanged: boolean
}
interface Placed {
  key: string
  section: string
  answer: Answer
}

type Placements = Map<string, Placed>

const isSection = ({ kind }: Answer) => kind === 'group' || kind === 'repeat'

/** The questions of a tree one after another. A path names its place, positions of repeats included; it may still recur. */
function questions(answers: Answer[], section: string[] = [], seen = new Map<string, number>()): Placed[] {
  return answers.flatMap((answer) => {
    if (isSection(answer)) return questions(answer.children, [...section, answer.label], seen)
    const count = (seen.get(answer.path) ?? 0) + 1
    seen.set(answer.path, count)
    return [{ key: `${answer.path}#${count}`, section: section.join(' › '), answer }]
  })
}

/** An answer in one line; '' for none. */
export function answerInWords(answer: Answer | undefined): string {
  if (!answer) return ''
  if (answer.point) {
    const { accuracy_m } = answer.point
    return coordinates(answer.point) + (accuracy_m ? ` ±${distance(accuracy_m)}` : '')
  }
  return answer.photo_name ?? answer.value ?? ''
}

/** All keys in the later version's order; what only the earlier one has stands behind its earlier neighbour. */
function inOrder(old: string[], young: string[]): string[] {
  const keys = [...young]
  const present = new Set(young)
  old.forEach((key, index) => {
    if (!present.has(key)) keys.splice(index ? keys.indexOf(old[index - 1] as string) + 1 : 0, 0, key)
  })
  return keys
}

export function compareAnswers(before: Answer[], after: Answer[]): ComparedAnswer[] {
  const [old, young] = [questions(before), questions(after)].map((placed) => new Map(placed.map((one) => [one.key, one]))) as [Placements, Placements]
  return inOrder([...old.keys()], [...young.keys()]).map((key) => {
    const [earlier, later] = [old.get(key)?.answer, young.get(key)?.answer]
    const { section, answer } = (young.get(key) ?? old.get(key)) as Placed
    const isChanged = answerInWords(earlier) !== answerInWords(later)
    return { key, section, label: answer.label, kind: answer.kind, before: earlier, after: later, isChanged }
  })
}
