/**
 * The one door to the form engine. It weighs more than the rest of the tablet, so it is fetched when the first form is
 * opened; `warmEngine` may be called earlier, in a quiet moment, so that the first form opens at once.
 */
import type { AnyNode, GeneralChildNode, RepeatInstanceNode, RootNode } from '@getodk/xforms-engine'

export type {
  AnyControlNode, AnyInputNode, AnyNode, AnyViolation, FormInstanceConfig, FormLanguage, GeneralChildNode, GroupNode, InputNode,
  InstantiableLoadFormResult, MarkdownNode, NoteNode, RangeNode, RankNode, RepeatInstanceNode, RepeatRangeNode, RootNode,
  SelectItem, SelectNode, TextRange, TriggerNode,
  UploadNode,
} from '@getodk/xforms-engine'

type Engine = typeof import('@getodk/xforms-engine')
let fetched: Promise<Engine> | undefined

export function warmEngine(): Promise<Engine> {
  fetched ??= import('@getodk/xforms-engine').catch((trouble: unknown) => {
    fetched = undefined
    throw trouble
  })
  return fetched
}

/** What holds children: the root, a group, a repeat or one instance of it. */
export type Container = RootNode | GeneralChildNode | RepeatInstanceNode

/** Every node below, in the order of the form. */
export function* nodesBelow(container: Container): Generator<AnyNode> {
  for (const child of container.currentState.children ?? []) {
    yield child as AnyNode
    yield* nodesBelow(child as Container)
  }
}
