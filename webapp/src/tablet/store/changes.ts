/** One counter that every change of what is held or waiting raises; pages compute from it, others listen. */
import { ref } from 'vue'

export const revision = ref(0)
const listeners = new Set<() => void>()
const channel = new BroadcastChannel('saha')
const shownElsewhere = new Set<() => void>()
const changedElsewhere = new Set<() => Promise<void>>()
channel.addEventListener('message', ({ data }) => {
  if (data === 'shown') for (const listener of shownElsewhere) listener()
  else void Promise.all([...changedElsewhere].map((listener) => listener())).then(raise, raise)
})

function raise() {
  revision.value += 1
  for (const listener of listeners) listener()
}
export function changed(): void {
  raise()
  // Another window of the same tablet shows the same.
  channel.postMessage('changed')
}
/** Another window has pulled: what this one holds in memory is old. */
export function whenShownElsewhere(listener: () => void): void {
  shownElsewhere.add(listener)
}
/** Another window has changed the outbox or a draft; pages are told when the listeners are through. */
export function whenChangedElsewhere(listener: () => Promise<void>): void {
  changedElsewhere.add(listener)
}
export function tellShown(): void {
  channel.postMessage('shown')
}
export function onChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
