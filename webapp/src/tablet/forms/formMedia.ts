/** Hands the engine what a form asks for as `jr://…`: entity lists as text, everything else from the package. */
import type { FormToFill } from './filledForm'

const TYPES: Record<string, string> = { csv: 'text/csv', geojson: 'application/geo+json', xml: 'text/xml' }

export function nameOfMedia(url: URL | string): string {
  return decodeURIComponent(String(url).split('/').at(-1) ?? '')
}

export function fetchFormMedia(form: FormToFill): (url: URL) => Promise<Response> {
  return async (url) => {
    const name = nameOfMedia(url)
    const list = form.entityLists[name] ?? form.entityLists[name.replace(/\.csv$/, '')]
    const content = list ?? (await form.media(name))
    if (content === undefined || content === '') return new Response(null, { status: 404 })
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    return new Response(content, { headers: { 'Content-Type': `${type}; charset=utf-8` } })
  }
}
