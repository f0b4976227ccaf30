/** Forms that came back to the worker with a question: which they are, and the draft that corrects one. */
import { shallowRef, watch } from 'vue'
import { revision } from '../store/changes'
import { database, type PhotoRecord, type ReturnedRecord } from '../store/database'
import { open, openBytes, type Bytes } from '../store/encryption'
import type { SubmissionItem } from '../store/feedItems'
import { held } from '../store/heldData'
import { store } from '../store/openStore'
import { session, signedIn } from '../store/session'
import type { Draft, Photo } from '../store/storeTypes'
import { typeOfForm, visitTypeName } from './codeNames'
import { listsFor } from './entityLists'
import { titleOf } from './plannedVisits'

export interface ReturnedForm {
  id: string
  title: string
  question: string
  /** Whether its answers have come to this tablet, too. */
  isHere: boolean
}
interface Answers {
  xml: string
  target_id: string | null
  assignment_id: string | null
  photos: { name: string; sha256: string; media_type: string }[]
}

async function answersOf({ id, content }: ReturnedRecord): Promise<Answers> {
  return await open<Answers>(signedIn().keys.worker, content, `returned ${id}`)
}

const titleFor = ({ form_id }: SubmissionItem, answers?: Answers) => {
  const target = held.target.get(answers?.target_id ?? '')
  return target ? titleOf(target) : visitTypeName(typeOfForm(form_id))
}

/** What this worker is asked about, but for what a correction from here has answered already. */
async function returnedForms(): Promise<ReturnedForm[]> {
  const [db, answered, me] = [await database(), await store.outbox.amended(), signedIn().worker.id]
  const own = [...held.submission.values()].filter(
    ({ state, worker_id, instance_id }) => state === 'returned' && worker_id === me && !answered.has(instance_id),
  )
  return await Promise.all(
    own.map(async (item) => {
      const record = await db.get('returned', item.id)
      const title = titleFor(item, record && (await answersOf(record)))
      return { id: item.id, title, question: item.question ?? '', isHere: record !== undefined }
    }),
  )
}

export function useReturnedForms() {
  const forms = shallowRef<ReturnedForm[]>([])
  watch([revision, session], async () => (forms.value = session.value ? await returnedForms() : []), { immediate: true })
  return forms
}

/** The draft that corrects a returned form: one that was begun, or the answers as they were sent, under a new id. */
export async function amendmentOf(id: string): Promise<Draft | undefined> {
  const [item, record] = [held.submission.get(id), await (await database()).get('returned', id)]
  const begun = (await store.drafts.list()).find(({ amends }) => amends !== undefined && amends === item?.instance_id)
  if (begun || !item || record?.workerId !== signedIn().worker.id) return begun
  const answers = await answersOf(record)
  const about = { targetId: answers.target_id ?? undefined, assignmentId: answers.assignment_id ?? undefined }
  const { xml, formVersion } = asNew(answers.xml)
  const [photos, lists] = [await photosOf(record, answers), await listsFor(about)]
  const title = titleFor(item, answers)
  return { id: crypto.randomUUID(), formId: item.form_id, formVersion, title, xml, photos, ...about, lists, amends: item.instance_id, parts: record.parts }
}

async function photosOf(record: ReturnedRecord, answers: Answers): Promise<Photo[]> {
  const own = (await (await database()).getAll('photos')).filter(({ workerId }) => workerId === record.workerId)
  const found = answers.photos.map(async ({ name, sha256, media_type }) => {
    const bytes = await bytesOf(sha256, record, own)
    return bytes && { name, blob: new Blob([bytes], { type: media_type || 'image/jpeg' }) }
  })
  return (await Promise.all(found)).filter((photo) => photo !== undefined)
}

/** A photo as the server gave it, or, where it is still on its way to the server, as it lies here. */
async function bytesOf(sha256: string, { id, photos }: ReturnedRecord, own: PhotoRecord[]): Promise<Bytes | undefined> {
  const key = signedIn().keys.worker
  const given = photos.find((one) => one.sha256 === sha256)
  if (given) return await openBytes(key, given.content, `returned ${id} ${sha256}`)
  const kept = own.find((one) => one.sha256 === sha256)
  return kept && (await openBytes(key, kept.content, kept.id))
}

const metaOf = (xml: string) => {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const named = (name: string) => [...document.querySelectorAll('*')].find(({ localName }) => localName === name)
  return { document, id: named('instanceID'), deprecated: named('deprecatedID') }
}

/** The same answers as another form; what they corrected themselves is over. */
function asNew(sent: string): { xml: string; formVersion: string } {
  const { document, id, deprecated } = metaOf(sent)
  if (id) id.textContent = `uuid:${crypto.randomUUID()}`
  deprecated?.remove()
  return { xml: new XMLSerializer().serializeToString(document), formVersion: document.documentElement.getAttribute('version') ?? '' }
}

/** Says in a finished form which one it corrects; the form engine knows of no corrections. */
export function amending(finished: string, amends: string): string {
  const { document, id, deprecated } = metaOf(finished)
  if (!id) return finished
  const element = deprecated ?? document.createElementNS(id.namespaceURI, id.nodeName.replace('instanceID', 'deprecatedID'))
  element.textContent = amends
  id.after(element)
  return new XMLSerializer().serializeToString(document)
}
