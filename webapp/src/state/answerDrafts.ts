/**
 * Answers of requests while they are written: in memory alone, so that they outlive a lost session and a look at another
 * page, and end with the browser's tab. Whoever signs in next at the same browser never meets them.
 */
import { computed, reactive, watch, type WritableComputedRef } from 'vue'
import { me } from './session'

export interface AnswerDraft {
  text: string
  /** The answer that its writer has read. */
  replaces: string | null
  isBeingSaved: boolean
}

const drafts = reactive(new Map<string, AnswerDraft>())
let writer = me.value?.id

watch(
  me,
  (person) => {
    if (!person) return
    if (person.id !== writer) drafts.clear()
    writer = person.id
  },
  { flush: 'sync' },
)

/** The draft of whoever is signed in; nobody's where nobody is. */
export function useAnswerDraft(requestId: string): WritableComputedRef<AnswerDraft | undefined> {
  const key = computed(() => `${me.value?.id ?? ''} ${requestId}`)
  return computed({
    get: () => drafts.get(key.value),
    set: (draft) => void (draft ? drafts.set(key.value, draft) : drafts.delete(key.value)),
  })
}

/** Forgets a draft that was saved, wherever its writer is by now. */
export function forgetDraft(saved: AnswerDraft): void {
  for (const [key, draft] of drafts) if (draft === saved) drafts.delete(key)
}
