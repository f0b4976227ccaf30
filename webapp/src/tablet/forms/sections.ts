/** How a form is cut into screens: a group is one, what stands between groups is one together with its repeats. */
import { nodesBelow, type AnyNode, type Container, type GeneralChildNode, type RootNode } from './engine'
import { isShown } from './questionKinds'

export interface Section {
  id: string
  /** The group whose label is the heading; loose questions have none. */
  group?: GeneralChildNode
  nodes: GeneralChildNode[]
}

export function sectionsOf(root: RootNode): Section[] {
  const sections: Section[] = []
  let loose: Section | undefined
  for (const node of withoutPlainWrappers(root)) {
    if (node.nodeType === 'group') {
      sections.push({ id: node.nodeId, group: node, nodes: [...node.currentState.children] })
      loose = undefined
    } else if (node.nodeType !== 'model-value') {
      if (!loose) sections.push((loose = { id: node.nodeId, nodes: [] }))
      loose.nodes.push(node)
    }
  }
  return sections
}

/** A group without a label that is no field-list only bundles; its children count as the form's own. */
function* withoutPlainWrappers(container: Container): Generator<GeneralChildNode> {
  for (const child of (container.currentState.children ?? []) as readonly GeneralChildNode[]) {
    const isWrapper = child.nodeType === 'group' && !child.currentState.label && !child.appearances?.['field-list']
    if (isWrapper) yield* withoutPlainWrappers(child)
    else yield child
  }
}

export function hasSomething({ group, nodes }: Section): boolean {
  return (group?.currentState.relevant ?? true) && nodes.some(isShown)
}

export function questionsIn({ nodes }: Section): AnyNode[] {
  return nodes.flatMap((node) => [node as AnyNode, ...nodesBelow(node)])
}

export function titleOf({ group, nodes }: Section): string {
  const first = group ?? nodes.find(isShown)
  return first?.currentState.label?.asString.trim() ?? ''
}
