/**
 * Answers that are not asked for at the moment. The engine leaves them out of its XML but shows them again when they are
 * asked for: so a draft holds them too, each in its place, and a form that is opened again has forgotten nothing. What is
 * finished is written by the engine alone, without them.
 */
import { fullReference, leafTexts, parseXml } from './draftFiles'
import { nodesBelow, type AnyNode, type RootNode } from './engine'

export class HiddenAnswers {
  /** The last answer to every question, by its full reference. */
  private answers: Map<string, string>

  constructor(draftXml?: string) {
    this.answers = draftXml ? leafTexts(parseXml(draftXml)) : new Map()
  }

  /** The form's XML with the answers in it that are hidden now. */
  withHidden(root: RootNode): string {
    const { answers, hidden } = this.look(root)
    this.answers = answers
    const xml = root.instanceState.instanceXML
    return hidden.size ? putIn(xml, hidden) : xml
  }

  private look(root: RootNode) {
    const [answers, hidden] = [new Map<string, string>(), new Map<string, string>()]
    for (const node of nodesBelow(root)) {
      const reference = fullReference(node.currentState.reference)
      const answer = node.currentState.relevant ? answerOf(node) : this.answers.get(reference)
      if (!answer) continue
      answers.set(reference, answer)
      if (!node.currentState.relevant) hidden.set(reference, answer)
    }
    return { answers, hidden }
  }
}

/** Nothing for groups, and for what the form reckons itself. */
function answerOf({ nodeType, currentState }: AnyNode): string | undefined {
  return nodeType !== 'model-value' && 'instanceValue' in currentState ? currentState.instanceValue : undefined
}

function putIn(xml: string, hidden: ReadonlyMap<string, string>): string {
  const document = parseXml(xml)
  for (const [reference, answer] of hidden) elementAt(document, reference).textContent = answer
  return new XMLSerializer().serializeToString(document)
}

/** The element of a full reference; what is missing on the way to it is made. */
function elementAt(document: Document, reference: string): Element {
  let here = document.documentElement
  for (const step of reference.split('/').slice(2)) {
    const [name = '', position = '1'] = step.replace(']', '').split('[')
    const namesakes = [...here.children].filter(({ localName }) => localName === name)
    while (namesakes.length < Number(position)) {
      namesakes.push(here.appendChild(document.createElementNS(here.namespaceURI, name)))
    }
    here = namesakes[Number(position) - 1] as HTMLElement
  }
  return here
}
