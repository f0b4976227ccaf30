/** How many conflicts wait for a decision, for the mark in the menu; asked anew when a page opens, at most once a minute. */
import { ref } from 'vue'
import { api } from '../api/client'
import type { Page } from '../api/types'
import { mayOpen } from './session'

export const openConflicts = ref(0)
const fresh_ms = 60_000
let askedAt = 0

export async function countOpenConflicts({ now = false } = {}): Promise<void> {
  if (!mayOpen('conflicts') || (!now && Date.now() - askedAt < fresh_ms)) return
  askedAt = Date.now()
  // The mark is a hint; a page that cannot be reached says so itself.
  const page = await api.read<Page<unknown>>('/v1/conflicts', { state: 'open', limit: '1' }).catch(() => undefined)
  if (page) openConflicts.value = page.total ?? page.items.length
}

export function forgetOpenConflicts(): void {
  openConflicts.value = 0
  askedAt = 0
}
