/** Talks to the API of the same origin: JSON in and out, problems as exceptions, one place that notices a lost session. */
import { text } from '../texts/catalogue'

export type Query = Record<string, string | undefined>

/** An RFC 9457 problem; `detail` is a sentence that can be shown to the user as it is. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(detail)
  }
}

let sessionLost: () => void = () => undefined
/** Says what to do when the server no longer knows the session of this browser. */
export function whenSessionIsLost(action: () => void): void {
  sessionLost = action
}

export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const search = new URLSearchParams(given).toString()
  return search ? `${path}?${search}` : path
}

export async function problemOf(response: Response): Promise<Problem> {
  const body: Record<string, unknown> = await response.json().catch(() => ({}))
  const { title, detail, code, ...extra } = body
  return new Problem(
    response.status,
    typeof code === 'string' ? code : `http.${response.status}`,
    typeof title === 'string' ? title : text('problem.title'),
    typeof detail === 'string' ? detail : text('problem.unknown', { status: response.status }),
    extra,
  )
}

interface Call {
  query?: Query
  body?: unknown
  signal?: AbortSignal
}

/** What `fetch` is given; the extra header proves to the server that our own page asks, not a foreign form. */
function requestOf(method: string, { body, signal }: Call): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-Saha'] = '1'
  if (body === undefined || body instanceof FormData) return { method, headers, body, signal }
  headers['Content-Type'] = 'application/json'
  return { method, headers, body: JSON.stringify(body), signal }
}

/** Sends a file and tells how much of it has left, 0 to 1; `fetch` cannot say that. */
export function upload<T>(path: string, body: FormData, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.upload.addEventListener('progress', (event) => event.lengthComputable && progress(event.loaded / event.total))
    request.addEventListener('error', () => reject(new Problem(0, 'network', text('problem.title'), text('problem.network'))))
    request.addEventListener('load', () => void settle(request).then(resolve as (answer: unknown) => void, reject))
    request.open('POST', path)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-Saha', '1')
    request.send(body)
  })
}

async function settle(request: XMLHttpRequest): Promise<unknown> {
  const response = new Response(request.status === 204 ? null : request.responseText, { status: request.status })
  if (!response.ok) throw await noticed(response)
  return await response.json().catch(() => undefined)
}

async function noticed(response: Response): Promise<Problem> {
  const problem = await problemOf(response)
  if (problem.code === 'auth.required') sessionLost()
  return problem
}

async function call<T>(method: string, path: string, wanted: Call = {}): Promise<T> {
  const response = await fetch(withQuery(path, wanted.query), requestOf(method, wanted)).catch((error: unknown) => {
    if (wanted.signal?.aborted) throw error
    throw new Problem(0, 'network', text('problem.title'), text('problem.network'))
  })
  if (!response.ok) throw await noticed(response)
  return (response.status === 204 ? undefined : await response.json().catch(() => undefined)) as T
}

export const api = {
  read: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal }),
  post: <T = void>(path: string, body?: unknown) => call<T>('POST', path, { body }),
  replace: <T = void>(path: string, body: unknown) => call<T>('PUT', path, { body }),
  remove: <T = void>(path: string) => call<T>('DELETE', path),
  change: <T = void>(path: string, body: unknown) => call<T>('PATCH', path, { body }),
}

/** The sentence to show for whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Problem ? error.detail : text('problem.unexpected')
}
