/** What pages and the form component may ask of the tablet's store. Nothing here leaves the tablet in clear, or lies on it in clear. */

import type { Part } from './database'
import type { EntityChange } from './outbox'
import type { OwnChange } from './ownRows'

/** A photo as it was taken and shrunk; `name` is the file name that the form's XML says. */
export interface Photo {
  name: string
  blob: Blob
}

/** A form that is being filled. Saved at every answer; `id` is made by whoever begins it (a UUID). */
export interface Draft {
  id: string
  formId: string
  formVersion: string
  /** What the worker reads in the list of drafts, for example the name of the household. */
  title: string
  xml: string
  photos: Photo[]
  targetId?: string
  assignmentId?: string
  /** The rows of entity lists that the form was opened with, as CSV by the list's name: what was chosen stays choosable. */
  lists?: Record<string, string>
  /** The instance id of the returned form that this one corrects. */
  amends?: string
  /** The files of its form: they stay on the tablet when a newer version comes. */
  parts?: Part[]
}

export interface KeptDraft extends Draft {
  updatedAt: string
}

/** A finished form. `draftId`: the draft goes in the same transaction in which the outbox item comes. */
export interface FinishedForm {
  xml: string
  photos: Photo[]
  formId: string
  title: string
  draftId?: string
  targetId?: string
  /** What the form says of targets and planned visits; the tablet shows it at once. */
  changes?: OwnChange[]
  /** What is changed with it by an item of its own, in the same step. */
  also?: EntityChange[]
  /** The instance id of the returned form that this one corrects. */
  amends?: string
}

export interface Drafts {
  save(draft: Draft): Promise<void>
  list(): Promise<KeptDraft[]>
  remove(id: string): Promise<void>
}

export interface SubmissionOutbox {
  /** Returns the id of the outbox item once form, photos and the removal of the draft are stored. */
  addSubmission(finished: FinishedForm): Promise<string>
}
