/**
 * What the service worker sends while no page is open: the outbox and its photos as they lie here, sealed. It has no keys and can
 * pull nothing. Begun by the browser once there is a network (Background Sync: Chromium alone).
 */
import { database } from '../store/database'
import { sendPhotos } from '../sync/photoUploads'
import { push } from '../sync/push'
import { outboxTag } from './waking'

interface SyncEvent extends Event {
  tag: string
  waitUntil(promise: Promise<unknown>): void
}

async function sendAlone(): Promise<void> {
  // Nobody who opens the application meanwhile pushes at the same time.
  await navigator.locks.request('saha-sync', async () => {
    if (!(await (await database()).get('facts', 'enrolment'))) return
    for (let nextAt = await push(false); nextAt; nextAt = await push(false)) {
      const waitMs = Math.max(0, nextAt - Date.now())
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
    await sendPhotos()
  })
}

self.addEventListener('sync', (event) => {
  const { tag } = event as SyncEvent
  // What fails here the browser tries again, less and less often; the page does, too, once it is open.
  if (tag === outboxTag) (event as SyncEvent).waitUntil(sendAlone())
})
