/** Text of a form with its Markdown. What the engine calls HTML is shown as the text it is, so that no form or answer can inject any. */
import { Fragment, h, type FunctionalComponent, type VNode } from 'vue'
import type { MarkdownNode, TextRange } from './engine'

type AnyText = TextRange<'label'> | TextRange<'hint'> | TextRange<'item-label'>
interface Styled { properties?: { style?: Record<string, string | undefined> } }

const MARKED = /[*_#[\]`<>\\\n]|^\s*(?:\d+\.|[-+])\s/
const INLINE = new Set(['em', 'strong', 'u', 'span', 'br'])
const LISTS = new Set(['ol', 'ul', 'li'])
const SAFE_LINK = /^(?:https?|mailto|tel):/i

const RichText: FunctionalComponent<{ text: AnyText }> = ({ text }) => {
  const plain = text.asString
  // Most texts have no marks; reading Markdown for every label of a long form is felt.
  return MARKED.test(plain) ? h(Fragment, text.formatted.map(drawn)) : plain
}
RichText.props = { text: { type: Object, required: true } }

function drawn(node: MarkdownNode): VNode | string {
  if (node.role === 'child') return node.value
  if (node.role === 'html') return node.unsafeHtml
  if (node.role === 'line-break') return h('br')
  const inside = node.children.map(drawn)
  if (node.elementName === 'a') return link(node as unknown as { url: string }, inside)
  if (LISTS.has(node.elementName) || INLINE.has(node.elementName)) return h(node.elementName, { style: styleOf(node as Styled) }, inside)
  // Labels may hold no paragraphs and headings would upset the order of the page's own.
  return h('span', { class: ['block', node.elementName], style: styleOf(node as Styled) }, inside)
}

function link({ url }: { url: string }, inside: (VNode | string)[]): VNode {
  if (!SAFE_LINK.test(url)) return h('span', inside)
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, inside)
}

/** Colours of a form are left out: they were chosen for one background and we have two. */
function styleOf({ properties }: Styled): Record<string, string> | undefined {
  const align = properties?.style?.['text-align']
  return align ? { textAlign: align } : undefined
}

export default RichText
