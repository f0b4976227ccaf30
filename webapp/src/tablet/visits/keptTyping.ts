/** Keeps what is being typed a moment after every word, so that a tablet that is put away loses none. */
import { onBeforeUnmount, onMounted, watch } from 'vue'
import { beforeGivingUp } from '../store/renewal'

const keptAfterMs = 250

/** `write` is called when `typed` has changed; what it throws is tried again with the next word. */
export function useKeptTyping(typed: object, write: () => Promise<void>) {
  let waits: number | undefined
  let isOver = false
  let keeping: Promise<unknown> = Promise.resolve()

  function keep(): Promise<unknown> {
    window.clearTimeout(waits)
    if (waits !== undefined && !isOver) keeping = keeping.then(write).catch(() => undefined)
    waits = undefined
    return keeping
  }
  const flush = () => void keep()
  const keepsNoMore = beforeGivingUp(keep)
  watch(
    typed,
    () => {
      window.clearTimeout(waits)
      waits = window.setTimeout(flush, keptAfterMs)
    },
    // Not after the next picture: the last word may be followed by nothing.
    { flush: 'sync' },
  )
  onMounted(() => {
    document.addEventListener('visibilitychange', flush)
    window.addEventListener('pagehide', flush)
  })
  onBeforeUnmount(() => {
    flush()
    keepsNoMore()
    document.removeEventListener('visibilitychange', flush)
    window.removeEventListener('pagehide', flush)
  })

  /** What was typed becomes something: resolves when nothing more of it will be written, `isOff` or not. */
  async function stop(isOff = true): Promise<void> {
    isOver = isOff
    await keeping
  }
  return { keep, stop }
}
