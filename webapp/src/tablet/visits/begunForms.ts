/** A form that is begun or gone on with: its draft, and what the form component needs to open it. */
import { changesDeclaredIn } from '../forms/declaredEntities'
import type { FormToFill } from '../forms/filledForm'
import { fact } from '../store/database'
import { held } from '../store/heldData'
import { store } from '../store/openStore'
import { signedIn } from '../store/session'
import type { OwnChange } from '../store/ownRows'
import type { Draft } from '../store/storeTypes'
import type { PackagedForm } from '../sync/formPackage'
import { listsFor } from './entityLists'
import { titleOf } from './plannedVisits'

export interface Wanted {
  /** A draft to go on with; else `formId` begins anew, unless its planned visit has a draft already. */
  draftId?: string
  formId?: string
  assignmentId?: string
  targetId?: string
}

/** Returns nothing where the draft or the form is not on this tablet. */
export async function draftFor(wanted: Wanted): Promise<Draft | undefined> {
  const begun = (await store.drafts.list()).find((draft) => isMeant(draft, wanted))
  if (begun || wanted.draftId) return begun
  const form = (await store.forms.list()).find(({ formId }) => formId === wanted.formId)
  return form && newDraft(form, wanted)
}

function newDraft(form: PackagedForm, wanted: Wanted): Draft {
  const assignmentId = wanted.assignmentId
  const targetId = wanted.targetId ?? held.assignment.get(assignmentId ?? '')?.fields.hedef
  const target = held.target.get(targetId ?? '')
  const lists = listsFor({ targetId, assignmentId })
  const title = target ? titleOf(target) : form.title
  const { formId, version: formVersion, parts } = form
  return { id: crypto.randomUUID(), formId, formVersion, parts, title, xml: '', photos: [], targetId, assignmentId, lists }
}

/** One visit is one form: who begins it again, at the planned visit or at the household, goes on with what was begun. */
function isMeant({ id, formId, assignmentId, targetId }: Draft, wanted: Wanted): boolean {
  if (wanted.draftId) return id === wanted.draftId
  if (formId !== wanted.formId || assignmentId !== wanted.assignmentId) return false
  return assignmentId !== undefined || (targetId !== undefined && targetId === wanted.targetId)
}

export async function formOf(draft: Draft): Promise<FormToFill | undefined> {
  const files = await store.forms.files(draft.formId, draft.formVersion)
  const xform = files.get('form.xml')
  if (!xform) return undefined
  const chosen = [draft.assignmentId, draft.targetId].filter((id) => id !== undefined)
  return {
    xform: new TextDecoder().decode(xform),
    media: async (name) => {
      const bytes = name === 'mahalle.geojson' ? await store.forms.boundaries() : files.get(name)
      return bytes && new Blob([bytes])
    },
    entityLists: draft.lists ?? {},
    chosen: new Set(chosen),
    drawGround: async (...onto) => await (await import('../streets/streetLayer')).drawStreets(...onto),
    filledBy: { deviceId: `saha:${(await fact('enrolment'))?.deviceId ?? ''}`, username: signedIn().worker.name },
  }
}

const kindOfList = { hedefler: 'target', ziyaretler: 'assignment' } as const

/** What a finished form says of targets and planned visits, as the server will read it. */
export function changesBy(draft: Draft, xform: string, xml: string): OwnChange[] {
  const changes = changesDeclaredIn(xform, xml).flatMap(({ list, ...declared }): OwnChange[] => {
    const kind = list === 'hedefler' || list === 'ziyaretler' ? kindOfList[list] : undefined
    return kind ? [{ ...declared, kind, seen: held[kind].get(declared.id)?.version ?? 0 }] : []
  })
  // A form that knows nothing of planned visits has made the one that it was begun for.
  const made = xform.includes('dataset="ziyaretler"') ? undefined : held.assignment.get(draft.assignmentId ?? '')
  if (made) changes.push({ kind: 'assignment', id: made.id, seen: made.version, fields: { durum: 'yapildi' } })
  return changes
}
