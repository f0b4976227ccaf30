/** One counter that every change of what is held or waiting raises; pages compute from it, others listen. */
import { ref } from 'vue'

export const revision = ref(0)
const listeners = new Set<() => void>()
const channel = new BroadcastChannel('saha')
const elsewhereListeners = new Set<() => void>()
channel.addEventListener('message', ({ data }) => {
  if (data === 'shown') for (const listener of elsewhereListeners) listener()
  else raise()
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
  elsewhereListeners.add(listener)
}
export function tellShown(): void {
  channel.postMessage('shown')
}
export function onChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
