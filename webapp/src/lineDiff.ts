/** Which lines of two texts differ: the longest common subsequence of lines, as people know it from comparing versions. */
export interface DiffLine {
  kind: 'same' | 'gone' | 'new'
  line: string
}
/** Beyond this many pairs of lines the table would take longer than people wait; then everything between the ends differs. */
const most = 4_000_000

function lengths(before: string[], after: string[]): Uint32Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const [row, below] = [table[i] as Uint32Array, table[i + 1] as Uint32Array]
      row[j] = before[i] === after[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number)
    }
  }
  return table
}

/** Walks both texts along the longest common subsequence. */
function walk(before: string[], after: string[]): DiffLine[] {
  const table = lengths(before, after)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length && j < after.length) {
    const line = before[i] as string
    if (line === after[j]) {
      lines.push({ kind: 'same', line })
      i++
      j++
    } else if ((table[i + 1]?.[j] as number) >= (table[i]?.[j + 1] as number)) {
      lines.push({ kind: 'gone', line })
      i++
    } else {
      lines.push({ kind: 'new', line: after[j] as string })
      j++
    }
  }
  return [...lines, ...allOf('gone', before.slice(i)), ...allOf('new', after.slice(j))]
}

function allOf(kind: DiffLine['kind'], lines: string[]): DiffLine[] {
  return lines.map((line) => ({ kind, line }))
}

function between(before: string[], after: string[]): DiffLine[] {
  if (before.length * after.length <= most) return walk(before, after)
  return [...allOf('gone', before), ...allOf('new', after)]
}

export function diffLines(before: string, after: string): DiffLine[] {
  const [old, young] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && start < young.length && old[start] === young[start]) start++
  let end = 0
  while (end < old.length - start && end < young.length - start && old.at(-1 - end) === young.at(-1 - end)) end++
  return [
    ...allOf('same', old.slice(0, start)),
    ...between(old.slice(start, old.length - end), young.slice(start, young.length - end)),
    ...allOf('same', end ? old.slice(-end) : []),
  ]
}

/** Only the changed lines, each with some lines around it; `undefined` stands for what was left out. */
export function changedParts(lines: DiffLine[], around = 2): (DiffLine | undefined)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== 'same'),
  )
  return lines.flatMap((line, index) => (near[index] ? [line] : near[index - 1] || index === 0 ? [undefined] : []))
}
