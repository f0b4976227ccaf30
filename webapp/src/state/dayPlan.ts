/** The day plan in hand: ordered, watched until it is there, moved about by hand, adopted. */
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { api, Problem } from '../api/client'
import type { Adopted, AskedPlan, PlanMove, PlanView } from '../api/planTypes'

// Somebody waits three seconds for most plans; a look is a small answer.
const watchEvery_ms = 200
const isOpen = (view: PlanView) => view.plan.state === 'waiting' || view.plan.state === 'running'

export function useDayPlan(opened: (id: string) => void) {
  const view = shallowRef<PlanView>()
  const error = shallowRef<unknown>()
  const adopted = shallowRef<Adopted>()
  /** The plan that is being worked out; until it is done the one before stays on the screen. */
  const working = shallowRef<PlanView>()
  const isSending = ref(false)
  let timer = 0
  let wanted = ''

  async function open(id: string): Promise<void> {
    wanted = id
    adopted.value = undefined
    window.clearTimeout(timer)
    await look()
  }
  async function look(): Promise<void> {
    const id = wanted
    try {
      const answer = await api.read<PlanView>(`/v1/day-plans/${id}`)
      if (id !== wanted) return
      error.value = undefined
      take(answer)
    } catch (problem) {
      if (id === wanted) error.value = problem
    }
  }
  function take(answer: PlanView): void {
    working.value = isOpen(answer) ? answer : undefined
    if (working.value) timer = window.setTimeout(() => void look(), watchEvery_ms)
    if (!working.value || !view.value) view.value = answer
  }
  async function attempt(action: () => Promise<void>): Promise<void> {
    if (isSending.value) return
    isSending.value = true
    error.value = undefined
    try {
      await action()
    } catch (problem) {
      error.value = problem
    } finally {
      isSending.value = false
    }
  }
  const order = (asked: Partial<AskedPlan>) =>
    attempt(async () => {
      const { id } = await api.post<{ id: string }>('/v1/day-plans', asked)
      opened(id)
      await open(id)
    })
  const move = (moves: PlanMove[]) => {
    const before = view.value
    if (!before) return Promise.resolve()
    // From its own plan on nobody else's is asked about: that was settled when it was made.
    return order({ ...before.asked, based_on: before.plan.id, moves, beside: true, keep_ours: [], keep_theirs: [] })
  }
  /** Plans anew around what each team keeps: as our plan has it, or as it stands now. */
  const merge = (ours: string[], theirs: string[]) => {
    const before = view.value
    if (!before) return Promise.resolve()
    return order({ ...before.asked, based_on: before.plan.id, moves: [], beside: true, keep_ours: ours, keep_theirs: theirs })
  }
  const again = () =>
    attempt(async () => {
      const { id } = await api.post<{ id: string }>(`/v1/day-plans/${view.value?.plan.id}/again`)
      opened(id)
      await open(id)
    })
  const cancel = () =>
    attempt(async () => {
      await api.post(`/v1/day-plans/${wanted}/cancel`)
      await look()
    })
  const adopt = (merge = false) =>
    attempt(async () => {
      const answer = await api.post<Adopted>(`/v1/day-plans/${wanted}/adopt`, { merge })
      await look()
      adopted.value = answer
    })
  function close(): void {
    wanted = ''
    window.clearTimeout(timer)
    view.value = working.value = error.value = adopted.value = undefined
  }
  onScopeDispose(close)
  const code = computed(() => (error.value instanceof Problem ? error.value.code : ''))
  return { view, working, error, code, adopted, isSending, open, order, move, merge, again, cancel, adopt, close }
}

/** Letters that tell teams apart without colour: A, B, … Z, AA. */
export function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : letterOf(Math.floor(index / 26) - 1) + letterOf(index % 26)
}
/** Which of the eight line colours a route has. */
export const colourOf = (index: number): number => index % 8
