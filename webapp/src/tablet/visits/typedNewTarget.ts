/** The fields of a new household while they are typed: kept at every word (`keptTyping.ts`). */
import { onMounted, reactive, ref } from 'vue'
import { typedTarget } from '../store/typedRecord'
import { useKeptTyping } from './keptTyping'
import { lookedFor, typedFields } from './newTarget'

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
  const { stop } = useKeptTyping(typed, () => (isEmpty(typed) ? typedTarget.drop() : typedTarget.keep({ ...typed })))
  onMounted(async () => {
    const left = await typedTarget.read()
    if (left) isGoneOn.value = Boolean(Object.assign(typed, left))
  })

  function beginAnew() {
    isGoneOn.value = false
    Object.assign(typed, empty, sought)
  }
  /** It became a household, with which what was kept of it went. */
  async function stopKeeping(save: () => Promise<void>) {
    await stop()
    await save().catch(async (error: unknown) => {
      await stop(false)
      throw error
    })
  }
  return { typed, isGoneOn, beginAnew, stopKeeping }
}
