/** The fields of a new household while they are typed: kept a moment after every word, so that a tablet that is put away loses none. */
import { onBeforeUnmount, onMounted, reactive, ref, watch } from 'vue'
import { beforeGivingUp } from '../store/renewal'
import { dropTypedTarget, keepTypedTarget, readTypedTarget } from '../store/typedTarget'
import { lookedFor, typedFields } from './newTarget'

const keptAfterMs = 250
const empty = { tur: 'hane', ad: '', adres: '', telefon: '', not: '', geometry: '' }
type Typed = typeof empty

/** The kind is always chosen. */
const isEmpty = ({ ad, adres, telefon, not, geometry }: Typed) => ![ad, adres, telefon, not, geometry].some((word) => word.trim())

export function useTypedNewTarget() {
  const sought = typedFields(lookedFor.value)
  lookedFor.value = ''
  const typed = reactive<Typed>({ ...empty, ...sought })
  /** Whether the page began with what was left half typed. */
  const isGoneOn = ref(false)
  let waits: number | undefined
  let isOver = false
  let keeping: Promise<unknown> = Promise.resolve()

  function keep(): Promise<unknown> {
    window.clearTimeout(waits)
    if (waits !== undefined && !isOver) keeping = keeping.then(() => (isEmpty(typed) ? dropTypedTarget() : keepTypedTarget({ ...typed }))).catch(() => undefined)
    waits = undefined
    return keeping
  }
  const flush = () => void keep()
  const keepsNoMore = beforeGivingUp(keep)
  watch(typed, () => {
    window.clearTimeout(waits)
    waits = window.setTimeout(flush, keptAfterMs)
  })
  onMounted(async () => {
    document.addEventListener('visibilitychange', flush)
    window.addEventListener('pagehide', flush)
    const left = await readTypedTarget()
    if (left) isGoneOn.value = Boolean(Object.assign(typed, left))
  })
  onBeforeUnmount(() => {
    flush()
    keepsNoMore()
    document.removeEventListener('visibilitychange', flush)
    window.removeEventListener('pagehide', flush)
  })

  function beginAnew() {
    isGoneOn.value = false
    Object.assign(typed, empty, sought)
  }
  /** It became a household, with which what was kept of it went. */
  async function stopKeeping(save: () => Promise<void>) {
    isOver = true
    await keeping
    await save().catch((error: unknown) => {
      isOver = false
      throw error
    })
  }
  return { typed, isGoneOn, beginAnew, stopKeeping }
}
