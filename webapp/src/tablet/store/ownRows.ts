/**
 * What was done on this tablet and the server does not show yet, laid over the server's rows: a household made in the
 * morning is chosen in the afternoon without a network. What lies below is kept, so that it can be lifted off again.
 */
import type { AssignmentItem, FeedItem, TargetItem } from './feedItems'

export interface OwnChange {
  kind: 'target' | 'assignment'
  id: string
  /** The version of the server's row when this was done; 0: it was made here. */
  seen: number
  fields: Record<string, string>
  creates?: boolean
  /** The centre has it; it lies over the server's row until that is a later one. */
  isSent?: boolean
}
type Row = TargetItem | AssignmentItem
type Rows = Record<OwnChange['kind'], Map<string, Row>>

/** Whether a change is to be seen over the server's row. */
function isSeen({ creates = false, isSent, seen }: OwnChange, server: Row | undefined): boolean {
  if (!server) return creates
  return !isSent || server.version <= seen
}

function changedRow(row: Row | undefined, { kind, id, fields }: OwnChange): Row {
  if (row) return { ...row, fields: { ...row.fields, ...fields } }
  // Version 0: the server has shown none yet.
  const made = { op: 'put', id, version: 0, fields } as const
  return kind === 'target' ? { ...made, kind, mahalle: null } : { ...made, kind }
}

export class OwnRows {
  private readonly below = new Map<string, { kind: OwnChange['kind']; row?: Row }>()
  private changes: readonly OwnChange[] = []

  /** Takes the own changes off; returns their rows as they are without them. */
  lift(held: unknown): FeedItem[] {
    const rows = held as Rows
    const items: FeedItem[] = []
    for (const [id, { kind, row }] of this.below) {
      if (row) rows[kind].set(id, row)
      else rows[kind].delete(id)
      items.push(row ?? { op: 'rm', kind, id })
    }
    this.below.clear()
    return items
  }

  /** Lays the own changes over what is held, in their order; returns the rows that are seen now. */
  lay(held: unknown, changes = this.changes): FeedItem[] {
    this.changes = changes
    const rows = held as Rows
    for (const change of changes) {
      const map = rows[change.kind]
      const server = this.below.has(change.id) ? this.below.get(change.id)?.row : map.get(change.id)
      if (!isSeen(change, server)) continue
      this.below.set(change.id, { kind: change.kind, row: server })
      map.set(change.id, changedRow(map.get(change.id), change))
    }
    return [...this.below].flatMap(([id, { kind }]) => rows[kind].get(id) ?? [])
  }
}
