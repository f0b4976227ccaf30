/** XML with one element per line, for reading; what cannot be read as XML is left as it came. */

function linesOf(element: Element, depth: number): string[] {
  const whole = new XMLSerializer().serializeToString(element)
  const indent = '  '.repeat(depth)
  if (!element.children.length) return [indent + whole]
  const start = whole.slice(0, whole.indexOf('>') + 1)
  return [indent + start, ...[...element.children].flatMap((child) => linesOf(child, depth + 1)), `${indent}</${element.tagName}>`]
}

export function laidOut(xml: string): string {
  const read = new DOMParser().parseFromString(xml, 'application/xml')
  // Browsers answer broken XML with a document that says so; text between elements would be lost.
  const isReadable = !read.querySelector('parsererror') && !/<\/[^>]+>\s*[^<\s]/.test(xml)
  return isReadable ? linesOf(read.documentElement, 0).join('\n') : xml
}
