/** Asks for something again and again while the page is in sight; an unchanged answer (304) costs next to nothing. */
import { onScopeDispose, ref, shallowRef } from 'vue'
import { problemOf, Problem } from '../api/client'
import { text } from '../texts/catalogue'

const every_ms = 30_000

export function useLooking<T>(path: string) {
  const data = shallowRef<T>()
  const error = shallowRef<unknown>()
  const seenAt = ref<string>()
  let tag = ''
  let timer = 0

  async function look(): Promise<void> {
    window.clearTimeout(timer)
    try {
      const headers: Record<string, string> = { Accept: 'application/json', ...(tag ? { 'If-None-Match': tag } : {}) }
      // The tag is ours to compare: the browser's own cache would answer 200 with what it has.
      const answer = await fetch(path, { headers, cache: 'no-store' })
      if (answer.status !== 304) {
        if (!answer.ok) throw await problemOf(answer)
        data.value = (await answer.json()) as T
        tag = answer.headers.get('ETag') ?? ''
      }
      seenAt.value = new Date().toISOString()
      error.value = undefined
    } catch (problem) {
      error.value = problem instanceof Problem ? problem : new Problem(0, 'network', '', text('problem.network'))
    }
    if (!document.hidden) timer = window.setTimeout(look, every_ms)
  }
  const whenSeen = () => void (document.hidden ? window.clearTimeout(timer) : look())
  document.addEventListener('visibilitychange', whenSeen)
  onScopeDispose(() => {
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', whenSeen)
  })
  void look()
  return { data, error, seenAt, look }
}
