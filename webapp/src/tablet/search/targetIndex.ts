/** The held targets by what people type of them; in memory only, made after signing in. */
import type { FeedItem, TargetItem } from '../store/feedItems'
import { held, whenShown } from '../store/heldData'
import { searchKey } from './folding'

const keys = new Map<string, string>()
const most = 60

function keyOf({ fields }: TargetItem): string {
  const searched = [fields.ad, fields.yetkili, fields.adres, fields.telefon, fields.telefon_2]
  return ` ${searchKey(searched.filter(Boolean).join(' '))}`
}

function note(items: FeedItem[], isAnew: boolean): void {
  if (isAnew) keys.clear()
  for (const item of items) {
    if (item.kind !== 'target') continue
    if (item.op === 'rm') keys.delete(item.id)
    else keys.set(item.id, keyOf(item))
  }
}
whenShown(note)

/** Targets that have every typed word in them, those in which the words begin words first. */
export function searchTargets(typed: string): TargetItem[] {
  const words = searchKey(typed).split(' ').filter(Boolean)
  if (!words.length) return []
  const [begin, within]: [string[], string[]] = [[], []]
  for (const [id, key] of keys) {
    if (!words.every((word) => key.includes(word))) continue
    ;(words.every((word) => key.includes(` ${word}`)) ? begin : within).push(id)
    if (begin.length >= most) break
  }
  return [...begin, ...within].slice(0, most).flatMap((id) => held.target.get(id) ?? [])
}
