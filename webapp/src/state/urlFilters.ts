/** Filters live in the address: a list can be bookmarked, sent to a colleague and found again with the back button. */
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Query } from '../api/client'

export function useUrlFilters<Name extends string>(names: readonly Name[]) {
  const route = useRoute()
  const router = useRouter()

  const values = computed(() => {
    const read = (name: string) => (typeof route.query[name] === 'string' ? route.query[name] : '')
    return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, string>
  })
  const activeCount = computed(() => names.filter((name) => values.value[name]).length)
  const cursor = computed(() => (typeof route.query.cursor === 'string' ? route.query.cursor : ''))
  /** What the API is asked with; empty values are left out by the client. */
  const query = computed<Query>(() => ({ ...values.value }))

  function change(changed: Partial<Record<Name, string>>, { replace = false } = {}): void {
    const next: Query = { ...values.value, ...changed }
    const given = Object.fromEntries(Object.entries(next).filter(([, value]) => value))
    const target = { path: route.path, query: given }
    void (replace ? router.replace(target) : router.push(target))
  }
  function clear(): void {
    void router.push({ path: route.path })
  }
  return { values, activeCount, cursor, query, change, clear }
}
