/** A form that is begun or gone on with: its draft, and what the form component needs to open it. */
import type { FormToFill } from '../forms/filledForm'
import { fact } from '../store/database'
import { held } from '../store/heldData'
import { store } from '../store/openStore'
import { signedIn } from '../store/session'
import type { Draft } from '../store/storeTypes'
import { listsFor } from './entityLists'
import { titleOf } from './plannedVisits'

export interface Wanted {
  /** A draft to go on with; else `formId` begins anew, for a planned visit or a target where they are named. */
  draftId?: string
  formId?: string
  assignmentId?: string
  targetId?: string
}

/** Returns nothing where the draft or the form is not on this tablet. */
export async function draftFor(wanted: Wanted): Promise<Draft | undefined> {
  if (wanted.draftId) return (await store.drafts.list()).find(({ id }) => id === wanted.draftId)
  const form = (await store.forms.list()).find(({ formId }) => formId === wanted.formId)
  if (!form) return undefined
  const assignmentId = wanted.assignmentId
  const targetId = wanted.targetId ?? held.assignment.get(assignmentId ?? '')?.fields.hedef
  const target = held.target.get(targetId ?? '')
  const lists = await listsFor({ targetId, assignmentId })
  const title = target ? titleOf(target) : form.title
  return { id: crypto.randomUUID(), formId: form.formId, formVersion: form.version, title, xml: '', photos: [], targetId, assignmentId, lists }
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
    filledBy: { deviceId: `saha:${(await fact('enrolment'))?.deviceId ?? ''}`, username: signedIn().worker.name },
  }
}
