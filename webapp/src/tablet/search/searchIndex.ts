/**
 * Finds texts by the words in them. All keys lie in one long text, a line each, because a browser looks through ten
 * megabytes of one text faster than through a hundred thousand short ones.
 */
import { searchKey } from './folding'

const most = 60

export class SearchIndex {
  private keys = new Map<string, string>()
  private lines = ''
  private starts: number[] = []
  private ids: string[] = []
  private isStale = false

  put(id: string, text: string): void {
    this.keys.set(id, searchKey(text))
    this.isStale = true
  }
  drop(id: string): void {
    this.isStale = this.keys.delete(id) || this.isStale
  }
  clear(): void {
    this.keys.clear()
    this.isStale = true
  }

  /** At most 60 ids of texts that have every typed word in them; those come first whose words begin so. */
  search(typed: string): string[] {
    const words = searchKey(typed).split(' ').filter(Boolean)
    if (!words.length) return []
    this.refresh()
    const begin = this.linesWith(words.map((word) => ` ${word}`), most)
    const within = begin.length < most ? this.linesWith(words, 2 * most) : []
    return [...new Set([...begin, ...within])].slice(0, most).flatMap((line) => this.ids[line] ?? [])
  }

  /** Lays the keys out; called after many changes, so that the first key that is typed does not wait for it. */
  refresh(): void {
    if (!this.isStale) return
    this.ids = [...this.keys.keys()]
    const lines = [...this.keys.values()].map((key) => ` ${key}\n`)
    let at = 0
    this.starts = lines.map((line) => (at += line.length) - line.length)
    this.lines = lines.join('')
    this.isStale = false
  }

  /** Lines that hold all of the words; looks for the longest, which the fewest have. */
  private linesWith(words: string[], count: number): number[] {
    const rarest = words.reduce((one, other) => (other.length > one.length ? other : one))
    const found: number[] = []
    for (let at = this.lines.indexOf(rarest); at >= 0 && found.length < count; ) {
      const line = this.lineAt(at)
      const end = this.starts[line + 1] ?? this.lines.length
      const key = this.lines.slice(this.starts[line], end)
      if (words.every((word) => key.includes(word))) found.push(line)
      at = this.lines.indexOf(rarest, end)
    }
    return found
  }

  private lineAt(position: number): number {
    let [low, high] = [0, this.starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.starts[middle] ?? 0) <= position) low = middle
      else high = middle - 1
    }
    return low
  }
}
