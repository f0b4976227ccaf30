/** Asking the server as this tablet: the token goes along, what is no success is thrown as a `Problem`. */
import { Problem, problemOf } from '../../api/client'
import { text } from '../../texts/catalogue'
import { fact } from '../store/database'

export const appVersion = '1.1.0'

/** Sends a request; `accepts` are statuses beside 2xx that the caller looks at itself. */
export async function ask(path: string, init: RequestInit = {}, accepts: number[] = []): Promise<Response> {
  const headers = await withOwnName(new Headers(init.headers))
  const response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit' }).catch(() => {
    throw unreached()
  })
  if (response.ok || accepts.includes(response.status)) return response
  const problem = await problemOf(response)
  const retryAfter = Number(response.headers.get('Retry-After'))
  if (retryAfter > 0) problem.extra.retry_after_s = retryAfter
  throw problem
}

/** Says which tablet asks, and under which id its keys were made where that was another. */
async function withOwnName(headers: Headers): Promise<Headers> {
  headers.set('Saha-App', appVersion)
  const enrolment = await fact('enrolment')
  if (enrolment) headers.set('Authorization', `Bearer ${enrolment.token}`)
  if (enrolment?.keysOf) headers.set('Saha-Keys', enrolment.keysOf)
  return headers
}

/** An older server does not know the address: what was to go there waits until it was renewed, too. */
export function isUnknownThere(problem: unknown): boolean {
  return problem instanceof Problem && (problem.status === 405 || problem.code === 'not_found' || problem.code === 'http.404')
}

export const unreached = () => new Problem(0, 'network', text('problem.title'), text('problem.network'))

export async function askJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await ask(path, init)).json()) as T
}

export function post(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

/** A long body, packed; field work is mostly text that says the same again and again. */
export async function postPacked(body: unknown): Promise<RequestInit> {
  const packed = new Blob([JSON.stringify(body)]).stream().pipeThrough(new CompressionStream('gzip'))
  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }
  return { method: 'POST', headers, body: await new Response(packed).arrayBuffer() }
}
