/** Loads what a page shows and keeps the states a page must draw: waiting (after 200 ms), problem, stale, there. */
import { onScopeDispose, ref, shallowRef, watch, type ShallowRef, type Ref } from 'vue'

export interface Loaded<T> {
  data: ShallowRef<T | undefined>
  error: ShallowRef<unknown>
  isLoading: Ref<boolean>
  /** True only when loading has taken 200 ms, so that quick answers do not flicker. */
  isSlow: Ref<boolean>
  /** Asks once more; where that fails, what was there stays, beside the problem. */
  reload: () => Promise<void>
  /** Shows what the server has just answered to something else, and lets no slower answer replace it. */
  put(value: T): void
}

const patience_ms = 200

export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, watched?: () => unknown): Loaded<T> {
  const data = shallowRef<T>()
  const error = shallowRef<unknown>()
  const isLoading = ref(false)
  const isSlow = ref(false)
  let running: AbortController | undefined
  let timer = 0
  /** What is there answers another question than the one that is asked now. */
  let isOutdated = false

  function stop() {
    running?.abort()
    window.clearTimeout(timer)
    isLoading.value = isSlow.value = false
  }
  function put(value: T) {
    stop()
    data.value = value
    error.value = undefined
    isOutdated = false
  }
  async function reload(): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    isLoading.value = true
    window.clearTimeout(timer)
    timer = window.setTimeout(() => (isSlow.value = isLoading.value), patience_ms)
    try {
      const answer = await load(mine.signal)
      if (mine.signal.aborted) return
      put(answer)
    } catch (problem) {
      if (mine.signal.aborted) return
      stop()
      error.value = problem
      if (isOutdated) data.value = undefined
    }
  }
  function ask() {
    isOutdated = true
    void reload()
  }

  onScopeDispose(stop)
  if (watched) watch(watched, ask, { immediate: true })
  else ask()
  return { data, error, isLoading, isSlow, reload, put }
}

/** Runs something the user asked for, once at a time, and keeps the problem for showing. */
export function useAction() {
  const isRunning = ref(false)
  const error = shallowRef<unknown>()
  async function run(action: () => Promise<void>): Promise<boolean> {
    if (isRunning.value) return false
    isRunning.value = true
    error.value = undefined
    try {
      await action()
      return true
    } catch (problem) {
      error.value = problem
      return false
    } finally {
      isRunning.value = false
    }
  }
  return { isRunning, error, run }
}
