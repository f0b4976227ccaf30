/** One uploaded list as it stands, asked again every second for as long as the server works on it. */
import { computed, onScopeDispose, shallowRef } from 'vue'
import { api } from '../api/client'
import type { ImportState, ImportView } from '../api/importTypes'

const between_ms = 700
const atWork: ImportState[] = ['reading', 'checking', 'recording']

export function useVisitImport(id: () => string) {
  const view = shallowRef<ImportView>()
  const error = shallowRef<unknown>()
  let timer = 0
  let isOver = false
  const isAtWork = computed(() => view.value !== undefined && atWork.includes(view.value.state))

  function take(answer: ImportView) {
    view.value = answer
    error.value = undefined
    window.clearTimeout(timer)
    if (atWork.includes(answer.state) && !isOver) timer = window.setTimeout(() => void ask(), between_ms)
  }
  async function ask() {
    try {
      take(await api.read<ImportView>(`/v1/visit-imports/${encodeURIComponent(id())}`))
    } catch (problem) {
      error.value = problem
    }
  }
  onScopeDispose(() => {
    isOver = true
    window.clearTimeout(timer)
  })
  void ask()
  return { view, error, isAtWork, ask, take }
}
