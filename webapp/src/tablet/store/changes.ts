/** One counter that every change of what is held or waiting raises; pages compute from it, others listen. */
import { ref } from 'vue'

export const revision = ref(0)
const listeners = new Set<() => void>()
const channel = new BroadcastChannel('saha')
channel.addEventListener('message', () => raise())

function raise() {
  revision.value += 1
  for (const listener of listeners) listener()
}
export function changed(): void {
  raise()
  // Another window of the same tablet shows the same.
  channel.postMessage('changed')
}
export function onChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
