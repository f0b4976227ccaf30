/**
 * Finds texts by the words in them. All keys lie in one long text, a line each, because a browser looks through ten
 * megabytes of one text faster than through a hundred thousand short ones. A text that changes gets a new line below the
 * rest, and its old line is dead; only when half of them are, all are laid out anew.
 */
import { searchKey } from './folding'

const most = 60
const sampled = 100_000
const fewLines = 1_000

export class SearchIndex {
  private lines = ''
  /** Where each line begins. */
  private starts: number[] = []
  /** Whose each line is; nobody's where it is dead. */
  private ids: (string | undefined)[] = []
  private readonly lineOf = new Map<string, number>()
  /** Lines that go below what is laid out already. */
  private fresh: string[] = []
  private length = 0

  put(id: string, text: string): void {
    this.drop(id)
    this.append(id, ` ${searchKey(text)}\n`)
  }
  drop(id: string): void {
    const line = this.lineOf.get(id)
    if (line === undefined) return
    this.ids[line] = undefined
    this.lineOf.delete(id)
  }
  clear(): void {
    this.lineOf.clear()
    Object.assign(this, { ids: [], starts: [], fresh: [], lines: '', length: 0 })
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

  /** Lays what is new below the rest. */
  refresh(): void {
    if (this.fresh.length) this.lines = [this.lines, ...this.fresh].join('')
    this.fresh = []
    if (this.ids.length > 2 * this.lineOf.size + fewLines) this.layOutAnew()
  }

  private layOutAnew(): void {
    const { ids, lines, starts } = this
    this.clear()
    ids.forEach((id, line) => id !== undefined && this.append(id, lines.slice(starts[line], starts[line + 1])))
    this.lines = this.fresh.join('')
    this.fresh = []
  }

  private append(id: string, line: string): void {
    this.lineOf.set(id, this.ids.length)
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
    const rarest = words.length > 1 ? this.rarestOf(words) : (words[0] ?? '')
    const found: number[] = []
    for (let at = this.lines.indexOf(rarest); at >= 0 && found.length < count; ) {
      const line = this.lineAt(at)
      const end = this.starts[line + 1] ?? this.lines.length
      if (this.ids[line] !== undefined && this.hasAll(words, line, end)) found.push(line)
      at = this.lines.indexOf(rarest, end)
    }
    return found
  }

  private hasAll(words: string[], line: number, end: number): boolean {
    if (words.length === 1) return true
    const key = this.lines.slice(this.starts[line], end)
    return words.every((word) => key.includes(word))
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
