/** Asking the browser to wake the service worker when there is a network, though the page is closed by then. */

export const outboxTag = 'saha-outbox'

interface Waking {
  sync?: { register(tag: string): Promise<void> }
}

/** Only Chromium can; elsewhere the outbox leaves when the application is opened. */
export async function wakeForOutbox(): Promise<void> {
  const registration = (await navigator.serviceWorker?.getRegistration('/tablet')) as (ServiceWorkerRegistration & Waking) | undefined
  // Refused where the browser's settings forbid it.
  await registration?.sync?.register(outboxTag).catch(() => undefined)
}
