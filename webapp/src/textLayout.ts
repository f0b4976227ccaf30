/** XML with one element per line and JSON indented, for reading; what cannot be read is left as it came. */

function linesOf(element: Element, depth: number): string[] {
  const whole = new XMLSerializer().serializeToString(element)
  const indent = '  '.repeat(depth)
  if (!element.children.length) return [indent + whole]
  const start = whole.slice(0, whole.indexOf('>') + 1)
  return [indent + start, ...[...element.children].flatMap((child) => linesOf(child, depth + 1)), `${indent}</${element.tagName}>`]
}

function read(xml: string): Document | undefined {
  const parsed = new DOMParser().parseFromString(xml, 'application/xml')
  // Browsers answer broken XML with a document that says so.
  return parsed.querySelector('parsererror') ? undefined : parsed
}

export function laidOut(xml: string): string {
  const document = read(xml)
  // Text between elements would be lost.
  const isReadable = document && !/<\/[^>]+>\s*[^<\s]/.test(xml)
  return isReadable ? linesOf(document.documentElement, 0).join('\n') : xml
}

export function laidOutJson(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}

/** Whether a text is well-formed at all; the server says the rest. */
export function isWellFormed(text: string, kind: 'submission' | 'operation'): boolean {
  if (kind === 'submission') return Boolean(read(text))
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null
  } catch {
    return false
  }
}
