/** Searching long lists of choices: without regard to case, dots and hooks, so that `isik` finds `Işık`. */
import type { SelectItem } from './engine'

export interface FoundChoice {
  value: string
  label: string
  folded: string
}

const PLAIN: Record<string, string> = { ı: 'i', ğ: 'g', ü: 'u', ş: 's', ö: 'o', ç: 'c', â: 'a', î: 'i', û: 'u' }

export function fold(written: string): string {
  return written.toLocaleLowerCase('tr').replace(/[ığüşöçâîû]/g, (letter) => PLAIN[letter] ?? letter).trim()
}

export function indexChoices(items: readonly SelectItem[]): FoundChoice[] {
  return items.map((item) => {
    const label = item.label.asString || item.value
    return { value: item.value, label, folded: fold(label) }
  })
}

/** Those in which every word stands at the beginning of a word; those that begin with the whole come first. */
export function findChoices(index: readonly FoundChoice[], sought: string): FoundChoice[] {
  const words = fold(sought).split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...index]
  const hit = index.filter(({ folded }) => words.every((one) => folded.startsWith(one) || folded.includes(` ${one}`)))
  const first = (found: FoundChoice) => (found.folded.startsWith(words.join(' ')) ? 0 : 1)
  return hit.sort((one, other) => first(one) - first(other))
}
