/** Registers the service worker, and lets a new version take over while nobody is in the middle of something. */
import { renewal } from '../store/renewal'

const scope = '/tablet'
// A new version is a megabyte; on a slow line it is still coming when this is over.
const longestMs = 60_000
const askAgainMs = 3_000

export function installShell(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  let isControlled = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The very first one is no newer one.
    renewal.isNewer ||= isControlled
    isControlled = true
  })
  void navigator.serviceWorker.register('/tablet-worker.js', { scope }).catch(() => undefined)
}

let asking: number | undefined

/** Called where nothing can be lost: on the page that asks for the PIN. Begins the page anew as long as that is so (`canBegin`). */
export async function takeNewVersion(canBegin = () => true): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(scope)
  if (!registration?.waiting) return
  const beginAnew = () => canBegin() && window.location.reload()
  navigator.serviceWorker.addEventListener('controllerchange', beginAnew, { once: true })
  // It takes over once the old one is idle, which may be half a minute in Chromium. The word is lost where the browser ends a
  // worker before it has read it, so it is said again until the page starts anew.
  const ask = () => {
    if (canBegin()) registration.waiting?.postMessage('take over')
    else window.clearInterval(asking)
  }
  window.clearInterval(asking)
  asking = window.setInterval(ask, askAgainMs)
  ask()
}

export async function lookForNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(scope)
  await registration?.update().catch(() => undefined)
}

/** Fetches a new version now and lets it take over, which reloads the page; says whether there was one. */
export async function fetchNewVersion(): Promise<boolean> {
  await lookForNewVersion()
  const registration = await navigator.serviceWorker?.getRegistration(scope)
  if (registration?.installing) await installed(registration.installing)
  if (!registration?.waiting) return false
  await takeNewVersion()
  return true
}

function installed(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, longestMs)
    worker.addEventListener('statechange', () => {
      if (worker.state !== 'installing') resolve()
    })
  })
}
