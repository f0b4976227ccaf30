/** The held targets by what people type of them; in memory only, made after signing in. */
import type { FeedItem, TargetItem } from '../store/feedItems'
import { held, whenShown } from '../store/heldData'
import { SearchIndex } from './searchIndex'

const index = new SearchIndex()

function note(items: FeedItem[], isAnew: boolean): void {
  if (isAnew) index.clear()
  for (const item of items) {
    if (item.kind !== 'target') continue
    if (item.op === 'rm') index.drop(item.id)
    else index.put(item.id, searched(item))
  }
}
whenShown(note)

function searched({ fields }: TargetItem): string {
  return [fields.ad, fields.yetkili, fields.adres, fields.telefon, fields.telefon_2].filter(Boolean).join(' ')
}

export function searchTargets(typed: string): TargetItem[] {
  return index.search(typed).flatMap((id) => held.target.get(id) ?? [])
}
