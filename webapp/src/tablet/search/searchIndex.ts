/**
 * Finds texts by the words in them. All keys lie in one long text, a line each, because a browser looks through ten
 * megabytes of one text faster than through a hundred thousand short ones.
 */
import { searchKey } from './folding'

const most = 60
const sampled = 100_000

export class SearchIndex {
  private keys = new Map<string, string>()
  private lines = ''
  private starts: number[] = []
  private ids: string[] = []
  /** Lines of new ids, which go below what is laid out already. */
  private fresh: string[] = []
  private length = 0
  private isStale = false

  put(id: string, text: string): void {
    const key = searchKey(text)
    this.isStale ||= this.keys.has(id)
    this.keys.set(id, key)
    if (!this.isStale) this.append(id, key)
  }
  drop(id: string): void {
    this.isStale = this.keys.delete(id) || this.isStale
  }
  clear(): void {
    this.keys.clear()
    this.layOut()
  }

  /** At most 60 ids of texts that have every typed word in them; those come first whose words begin so. */
  search(typed: string): string[] {
    // Also when nothing is typed yet, so that the first key does not wait for it.
    this.refresh()
    const words = searchKey(typed).split(' ').filter(Boolean)
    if (!words.length) return []
    const begin = this.linesWith(words.map((word) => ` ${word}`), most)
    const within = begin.length < most ? this.linesWith(words, 2 * most) : []
    return [...new Set([...begin, ...within])].slice(0, most).flatMap((line) => this.ids[line] ?? [])
  }

  /** Lays the keys out: what is new below the rest, everything anew where one has changed or gone. */
  refresh(): void {
    if (this.isStale) this.layOut()
    if (!this.fresh.length) return
    this.lines = [this.lines, ...this.fresh].join('')
    this.fresh = []
  }

  private layOut(): void {
    Object.assign(this, { ids: [], starts: [], fresh: [], lines: '', length: 0, isStale: false })
    for (const [id, key] of this.keys) this.append(id, key)
  }

  private append(id: string, key: string): void {
    const line = ` ${key}\n`
    this.ids.push(id)
    this.starts.push(this.length)
    this.fresh.push(line)
    this.length += line.length
  }

  /** The word that the fewest of the first lines have: a number rather than the name of a long street. */
  private rarestOf(words: string[]): string {
    const counts = words.map((word) => {
      let count = 0
      for (let at = this.lines.indexOf(word); at >= 0 && at < sampled; at = this.lines.indexOf(word, at + 1)) count++
      return count
    })
    return words[counts.indexOf(Math.min(...counts))] ?? ''
  }

  /** Lines that hold all of the words. */
  private linesWith(words: string[], count: number): number[] {
    const rarest = this.rarestOf(words)
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
