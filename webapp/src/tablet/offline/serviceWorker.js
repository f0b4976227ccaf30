/*
 * Answers the tablet's page and its files from the cache, so that it starts without a network. The build writes VERSION
 * and FILES in front. Nothing that names a person passes here: what the API says is never cached.
 */
/* global VERSION, FILES */
const PREFIX = 'saha-tablet-'
const CACHE = PREFIX + VERSION
const held = new Set(FILES)

self.addEventListener('install', (event) => {
  // All or nothing: a version with a missing file never begins. `reload`: not from the browser's own cache.
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })))))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name)
      await self.clients.claim()
    })(),
  )
})

// A new version waits until the page says that nobody is in the middle of something.
self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  // The scope is a prefix: /tabletler, a page of the office, is not ours.
  const isOurPage = request.mode === 'navigate' && (pathname === '/tablet' || pathname.startsWith('/tablet/'))
  const file = isOurPage ? '/tablet' : pathname
  if (held.has(file)) event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(file)) ?? fetch(request)))
})
