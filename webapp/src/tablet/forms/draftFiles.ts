/**
 * The photos of a draft. The engine has two traps with a restored draft: it leaves its photos out of the payload unless they
 * are picked again, and a photo that is taken away keeps its name in the XML. So the names are taken out of the XML before the
 * engine reads it, and each file is then picked again under its old name.
 */

const path = (reference: string) => reference.split('/').filter(Boolean)

interface Stripped {
  xml: string
  /** Reference as the engine writes it (`/data/talepler[2]/foto`) -> file name. */
  names: Map<string, string>
}

/** Take the names of the files we still have out of the XML. */
export function takeOutFiles(xml: string, files: ReadonlyMap<string, Blob>): Stripped {
  const document = parseXml(xml)
  const names = new Map<string, string>()
  for (const element of leavesOf(document)) {
    const name = element.textContent ?? ''
    if (!files.has(name)) continue
    names.set(referenceOf(element), name)
    element.textContent = ''
  }
  return { xml: new XMLSerializer().serializeToString(document), names }
}

export const parseXml = (xml: string) => new DOMParser().parseFromString(xml, 'text/xml')
const leavesOf = (document: Document) => [...document.querySelectorAll('*')].filter(({ children }) => children.length === 0)

/** What the elements without others below them say, by their full references. */
export function leafTexts(document: Document): Map<string, string> {
  return new Map(leavesOf(document).map((element) => [referenceOf(element), element.textContent ?? '']))
}

/** The place of an element, with the position of every step among its namesakes. */
function referenceOf(element: Element): string {
  const steps: string[] = []
  for (let here: Element | null = element; here; here = here.parentElement) {
    const name = here.localName
    const namesakes = [...(here.parentElement?.children ?? [])].filter((one) => one.localName === name)
    steps.unshift(`${name}[${Math.max(namesakes.indexOf(here), 0) + 1}]`)
  }
  return `/${steps.join('/')}`
}

/** The same for what the engine says, which leaves out positions outside repeats. */
export function fullReference(reference: string): string {
  return `/${path(reference).map((step) => (step.endsWith(']') ? step : `${step}[1]`)).join('/')}`
}

/** The files whose names the XML still says. */
export function filesNamedIn(xml: string, files: ReadonlyMap<string, Blob>): Map<string, Blob> {
  return new Map([...files].filter(([name]) => xml.includes(`>${name}<`)))
}

/** A name that no other file of this or any other submission has, with the extension of its kind. */
export function newFileName(blob: Blob, original = ''): string {
  const known: Record<string, string> = { 'image/jpeg': '.jpg', 'image/png': '.png' }
  const given = /\.[A-Za-z0-9]{1,8}$/.exec(original)?.[0] ?? ''
  return `${crypto.randomUUID()}${known[blob.type] ?? given.toLowerCase()}`
}
