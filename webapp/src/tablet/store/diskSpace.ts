/** Whether the browser may throw our data away, and how much of its space is used: told before it is full. */
import { reactive } from 'vue'

export const diskSpace = reactive({ isKept: true, share: 0, freeBytes: Number.POSITIVE_INFINITY })
const tightBytes = 200_000_000

export const isTight = () => diskSpace.share > 0.85 || diskSpace.freeBytes < tightBytes

export async function lookAtDiskSpace(): Promise<void> {
  const { storage } = navigator
  diskSpace.isKept = (await storage.persisted()) || (await storage.persist())
  const { usage = 0, quota = 0 } = await storage.estimate()
  if (quota) Object.assign(diskSpace, { share: usage / quota, freeBytes: quota - usage })
}
