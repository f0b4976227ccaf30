/** Registers the service worker, and lets a new version take over while nobody is in the middle of something. */

export function installShell(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  void navigator.serviceWorker.register('/tablet-worker.js', { scope: '/tablet' }).catch(() => undefined)
}

/** Called where nothing can be lost: on the page that asks for the PIN. */
export async function takeNewVersion(): Promise<void> {
  const waiting = (await navigator.serviceWorker?.getRegistration('/tablet'))?.waiting
  if (!waiting) return
  navigator.serviceWorker.addEventListener('controllerchange', () => window.location.reload(), { once: true })
  waiting.postMessage('take over')
}

export async function lookForNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration('/tablet')
  await registration?.update().catch(() => undefined)
}
