/** What stands between a form and its end: each with the question it belongs to and the section to go to. */
import type { AnyNode } from './engine'
import type { FormSession } from './formSession'
import { messageOf } from './questionKinds'
import { questionsIn, type Section } from './sections'

export interface Mistake {
  nodeId: string
  section: string
  question: string
  sentence: string
}

export function findMistakes(session: FormSession, sections: readonly Section[]): Mistake[] {
  // Read here, so that the list follows every answer without asking each question.
  const wrong = new Set<string>(session.root.validationState.violations.map(({ nodeId }) => nodeId))
  if (wrong.size + session.unreadable.size === 0) return []
  return sections.flatMap((section) =>
    questionsIn(section)
      .filter(({ nodeId, currentState }) => currentState.relevant && (wrong.has(nodeId) || session.unreadable.has(nodeId)))
      .map((node) => ({
        nodeId: node.nodeId,
        section: section.id,
        question: node.currentState.label?.asString.trim() ?? '',
        sentence: sentenceOf(session, node),
      })),
  )
}

/** What is wrong with a question; nothing where all is well. */
export function sentenceOf(session: FormSession, node: AnyNode): string {
  const typed = session.unreadable.get(node.nodeId)
  if (typed) return typed
  const state = node.validationState
  return 'violation' in state && state.violation ? messageOf(state.violation) : ''
}
