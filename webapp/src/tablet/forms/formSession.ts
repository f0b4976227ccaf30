/**
 * One form being filled: opens or restores it, takes every answer, saves it a moment later, finishes it. The component and
 * its controls only call this; `draftFiles.ts` tells why photos are kept here and not left to the engine.
 */
import { inject, markRaw, provide, shallowReactive, type InjectionKey } from 'vue'
import { filesNamedIn, fullReference, newFileName, takeOutFiles } from './draftFiles'
import {
  nodesBelow, warmEngine, type AnyNode, type FormInstanceConfig, type FormLanguage, type InstantiableLoadFormResult,
  type RootNode, type UploadNode,
} from './engine'
import { withEntityIds } from './entityIds'
import type { FinishedSubmission, FormDraft, FormToFill, SavedDraft } from './filledForm'
import { fetchFormMedia } from './formMedia'
import { HiddenAnswers } from './hiddenAnswers'
import { watchGps, type Fix } from './gpsWatch'

export const SAVED_AFTER_MS = 250
const FIX_TIMEOUT_MS = 30_000
const FIX_ASKED_MS = 500

type Listener = (draft: SavedDraft) => void

export class FormSession {
  readonly gps = watchGps()
  /** Questions that were answered or left, by node id: what is wrong with them may be said. */
  readonly answered = shallowReactive(new Set<string>())
  /** Questions whose page was left: that they are missing may be said, too. */
  readonly passed = shallowReactive(new Set<string>())
  /** What is typed into a field and is no answer (letters where a number belongs), by node id. */
  readonly unreadable = shallowReactive(new Map<string, string>())
  readonly title: string
  private readonly inTheMaking = new Set<Promise<Blob>>()
  private waiting: number | undefined
  private isOver = false

  constructor(
    readonly root: RootNode,
    readonly form: FormToFill,
    readonly files: Map<string, Blob>,
    private readonly onSaved: Listener,
    private readonly hidden: HiddenAnswers,
  ) {
    this.title = titleIn(form.xform)
  }

  /** To be called after every answer. */
  changed(): void {
    if (this.isOver || this.waiting !== undefined) return
    this.waiting = window.setTimeout(() => this.save(), SAVED_AFTER_MS)
  }

  answer(node: AnyNode, set: () => unknown): void {
    set()
    this.answered.add(node.nodeId)
    this.changed()
  }

  /** Keep a file as the answer of a question, or none. */
  keepFile(node: UploadNode, file: Blob | null, original = ''): void {
    const named = file && new File([file], newFileName(file, original), { type: file.type })
    if (named) this.files.set(named.name, named)
    this.answer(node, () => node.setValue(named))
  }

  /** The same for a file that is still being made; whoever leaves or finishes meanwhile waits for it. */
  async keepFileOnceMade(node: UploadNode, made: Promise<Blob>): Promise<void> {
    this.inTheMaking.add(made)
    try {
      this.keepFile(node, await made)
    } finally {
      this.inTheMaking.delete(made)
    }
  }

  async allFilesMade(): Promise<void> {
    await Promise.allSettled(this.inTheMaking)
  }

  /** Save at once, if anything waits to be saved. */
  flush(): void {
    if (this.waiting !== undefined) this.save()
  }

  /** Returns nothing while something is missing or wrong; everything that is may be said from now on. */
  async finish(): Promise<FinishedSubmission | undefined> {
    await this.allFilesMade()
    for (const node of nodesBelow(this.root)) this.passed.add(node.nodeId)
    if (this.unreadable.size > 0) return undefined
    const payload = await this.root.prepareInstancePayload({ payloadType: 'monolithic' })
    if (payload.status !== 'ready') return undefined
    const xml = withEntityIds(await payload.data[0].get('xml_submission_file').text())
    // What the draft says would come back after the finished form took its place.
    this.stopSaving()
    return { xml, files: filesNamedIn(xml, this.files), instanceId: instanceIdIn(xml) }
  }

  /** What was finished could not be kept: answers are saved again, those given meanwhile at once. */
  goOn(): void {
    this.isOver = false
    this.save()
  }

  /** Nothing is saved any more; what waits is let go. */
  close(): void {
    this.stopSaving()
    this.gps.stop()
  }

  private stopSaving(): void {
    this.isOver = true
    window.clearTimeout(this.waiting)
    this.waiting = undefined
  }

  private save(): void {
    window.clearTimeout(this.waiting)
    this.waiting = undefined
    const xml = this.hidden.withHidden(this.root)
    this.onSaved({ xml, files: filesNamedIn(xml, this.files) })
  }
}

/** Raises what the engine raises where the form cannot be read. */
export async function openForm(form: FormToFill, draft: FormDraft, language: string, onSaved: Listener): Promise<FormSession> {
  const { loadForm } = await warmEngine()
  const loaded = await loadForm(form.xform, { fetchFormAttachment: fetchFormMedia(form), missingResourceBehavior: 'BLANK' })
  if (loaded.status === 'failure') throw loaded.error
  const config: FormInstanceConfig = {
    // Shallow: the engine replaces what it changes, and making 2,000 choices deeply reactive takes seconds.
    stateFactory: <T extends object>(state: T): T => shallowReactive(state) as T,
    instanceAttachments: { fileNameFactory: nameAsGiven },
    preloadProperties: { deviceID: form.filledBy?.deviceId ?? 'saha:tablet', username: form.filledBy?.username },
    geolocationProvider: { getLocation: () => session.then((opened) => firstFix(opened)) },
  }
  let ready: (session: FormSession) => void = () => undefined
  const session = new Promise<FormSession>((resolve) => (ready = resolve))
  const root = markRaw(await rootOf(loaded, draft, config))
  if (!draft.xml) chooseBeforehand(root, form)
  speakForm(root, language)
  const opened = new FormSession(root, form, new Map(draft.files), onSaved, new HiddenAnswers(draft.xml))
  ready(opened)
  // A first fix takes its time; it is there when the question comes.
  if (/type="geopoint"/.test(form.xform)) opened.gps.start()
  return opened
}

async function rootOf(loaded: InstantiableLoadFormResult, { xml, files }: FormDraft, config: FormInstanceConfig): Promise<RootNode> {
  if (!xml) return loaded.createInstance(config).root
  const stripped = takeOutFiles(xml, files)
  const { root } = await loaded.restoreInstance({ data: [instanceData(stripped.xml)] }, config)
  beginRepeats(root)
  pickAgain(root, stripped.names, files)
  return root
}

/** A repeat that was not asked for when the draft was saved comes back without the first instance it had begun with. */
function beginRepeats(root: RootNode): void {
  for (const node of [...nodesBelow(root)]) {
    if (node.nodeType !== 'repeat-range:uncontrolled' || node.currentState.relevant) continue
    if (node.currentState.children.length === 0) node.addInstances()
  }
}

/** The form's own language for `tr`, written as `Türkçe (tr)` or `tr`; left alone where it has none. */
export function speakForm(root: RootNode, language: string): void {
  const spoken = root.languages.find((one): one is FormLanguage => !one.isSyntheticDefault && isLanguage(one.language, language))
  if (spoken) root.setLanguage(spoken)
}

function isLanguage(written: string, wanted: string): boolean {
  return written === wanted || written.endsWith(`(${wanted})`)
}

function pickAgain(root: RootNode, names: Map<string, string>, files: ReadonlyMap<string, Blob>): void {
  for (const node of nodesBelow(root)) {
    if (node.nodeType !== 'upload') continue
    const name = names.get(fullReference(node.currentState.reference))
    const file = name ? files.get(name) : undefined
    if (name && file) node.setValue(new File([file], name, { type: file.type }))
  }
}

function chooseBeforehand(root: RootNode, { chosen = new Set() }: FormToFill): void {
  for (const node of nodesBelow(root)) {
    if (node.nodeType !== 'select') continue
    const [only, ...others] = node.currentState.valueOptions
    if (only && others.length === 0 && chosen.has(only.value)) node.selectValue(only.value)
  }
}

function nameAsGiven({ basename, extension }: { basename: string; extension: string | null }): string {
  return `${basename}${extension ?? ''}`
}

function instanceData(xml: string) {
  const data = new FormData()
  data.set('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }))
  return data as FormData & Parameters<Awaited<ReturnType<typeof warmEngine>>['restoreInstance']>[1]['data'][0]
}

/** The engine keeps the title to itself. */
function titleIn(xform: string): string {
  const found = /<(?:\w+:)?title>([^<]*)</.exec(xform)?.[1] ?? ''
  return new DOMParser().parseFromString(`<t>${found}</t>`, 'text/xml').documentElement.textContent ?? ''
}

function instanceIdIn(xml: string): string {
  return /<(?:\w+:)?instanceID>([^<]*)</.exec(xml)?.[1] ?? ''
}

/** For `start-geopoint` and `background` points: the first fix, or nothing when none comes. */
async function firstFix({ gps }: FormSession): Promise<string> {
  gps.start()
  for (let waited = 0; waited < FIX_TIMEOUT_MS; waited += FIX_ASKED_MS) {
    if (gps.best.value) return pointOf(gps.best.value)
    await new Promise((resolve) => setTimeout(resolve, FIX_ASKED_MS))
  }
  return ''
}

/** A point as forms write it: latitude, longitude, altitude, accuracy. */
export function pointOf({ latitude, longitude, altitude, accuracy }: Omit<Fix, 'at'>): string {
  return `${latitude} ${longitude} ${altitude ?? 0} ${accuracy}`
}

const KEY: InjectionKey<{ session: FormSession }> = Symbol('form session')

export function offerSession(session: FormSession): void {
  provide(KEY, { session })
}

export function useSession(): FormSession {
  const given = inject(KEY)
  if (!given) throw new Error('a control stands outside a form')
  return given.session
}
