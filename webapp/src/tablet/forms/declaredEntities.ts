/**
 * What a finished form declares of entities (ODK Entities 2024.1), read as the server reads it (field_forms/entities.py), so
 * that the tablet can show it before it is sent. Findings have no place here: their repeats are read by the server alone.
 */
import { parseXml } from './draftFiles'

export interface DeclaredChange {
  list: string
  id: string
  creates: boolean
  fields: Record<string, string>
}
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const attribute = (element: Element, name: string) => element.getAttribute(name) ?? ''
const isTrue = (element: Element, name: string) => ['1', 'true'].includes(attribute(element, name))

export function changesDeclaredIn(xform: string, xml: string): DeclaredChange[] {
  const saved = savedAnswers(parseXml(xform))
  return [...parseXml(xml).querySelectorAll('meta > entity')].flatMap((entity) => declaredBy(entity, saved) ?? [])
}

/** Nothing for an update of nothing chosen, and where the server would have to make up an id. */
function declaredBy(entity: Element, saved: Map<string, string>): DeclaredChange | undefined {
  const [container, list] = [entity.parentElement?.parentElement, attribute(entity, 'dataset')]
  const id = attribute(entity, 'id').toLowerCase().replace(/^uuid:/, '')
  const creates = isTrue(entity, 'create')
  if (!container || !uuid.test(id) || !(creates || isTrue(entity, 'update'))) return undefined
  const fields = fieldsOf(container, saved)
  return { list, id, creates, fields: creates ? filled({ ad: textOf(childOf(entity, 'label')), ...filled(fields) }) : fields }
}

/** Who is made without a name of its own goes by its label; an empty answer says nothing then. */
const filled = (fields: Record<string, string>) => Object.fromEntries(Object.entries(fields).filter(([, text]) => text))
const textOf = (element?: Element | null) => element?.textContent?.trim() ?? ''

/** Property by the path of the question whose answer is saved to it. */
function savedAnswers(xform: Document): Map<string, string> {
  const saved = new Map<string, string>()
  for (const bind of xform.querySelectorAll('bind[nodeset]')) {
    const property = [...bind.attributes].find(({ localName }) => localName === 'saveto')?.value
    if (property) saved.set(bind.getAttribute('nodeset') ?? '', property)
  }
  return saved
}

/** An answer belongs to the nearest container above it that declares an entity. */
function fieldsOf(container: Element, saved: Map<string, string>): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const element of container.querySelectorAll('*')) {
    const property = saved.get(pathOf(element))
    if (property !== undefined && ownerOf(element) === container) fields[property] = textOf(element)
  }
  return fields
}

function ownerOf(element: Element): Element | null {
  let above = element.parentElement
  while (above && !childOf(childOf(above, 'meta'), 'entity')) above = above.parentElement
  return above
}

function childOf(element: Element | undefined, name: string): Element | undefined {
  return [...(element?.children ?? [])].find(({ localName }) => localName === name)
}

function pathOf(element: Element): string {
  return `${element.parentElement ? pathOf(element.parentElement) : ''}/${element.localName}`
}
