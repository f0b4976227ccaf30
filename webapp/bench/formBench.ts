/**
 * A page that holds nothing but the form component, for its tests and measurements (`tests/e2e/form_bench.py`). Built by
 * `vite.bench.config.ts` alone, so it is not part of what is shipped.
 */
import '@fontsource-variable/inter/wght.css'
import '../src/appearance/tokens.css'
import '../src/appearance/elements.css'
import '../src/appearance/fields.css'
import { createApp, type App } from 'vue'
import FilledForm from '../src/tablet/forms/FilledForm.vue'
import { warmForms } from '../src/tablet/forms/warming'
import type { FinishedSubmission, SavedDraft } from '../src/tablet/forms/filledForm'

interface GivenForm {
  xform: string
  entityLists?: Record<string, string>
  /** Files by name, base64. */
  media?: Record<string, string>
  draft?: { xml: string; files: Record<string, string> }
  language?: string
}

/** `warm`: what the application does in a quiet moment before the first form. */
interface Told {
  saves: number
  saved?: SavedDraft
  finished?: FinishedSubmission
  left: boolean
}

const bench: Told & { open: (given: GivenForm) => void; warm: () => Promise<void>; filesAsText: (of: 'saved' | 'finished') => Promise<Record<string, string>> } = {
  saves: 0,
  left: false,
  open,
  warm: warmForms,
  filesAsText,
}
let app: App | undefined

function asBlob(base64: string, name: string): Blob {
  const type = name.endsWith('.png') ? 'image/png' : name.endsWith('.jpg') ? 'image/jpeg' : ''
  return new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type })
}

function open(given: GivenForm): void {
  app?.unmount()
  Object.assign(bench, { saves: 0, saved: undefined, finished: undefined, left: false })
  const media = given.media ?? {}
  const files = new Map(Object.entries(given.draft?.files ?? {}).map(([name, content]) => [name, asBlob(content, name)]))
  app = createApp(FilledForm, {
    form: {
      xform: given.xform,
      entityLists: given.entityLists ?? {},
      media: (name: string) => Promise.resolve(media[name] === undefined ? undefined : asBlob(media[name], name)),
    },
    draft: { xml: given.draft?.xml, files },
    language: given.language ?? 'tr',
    onSaved: (draft: SavedDraft) => Object.assign(bench, { saves: bench.saves + 1, saved: draft }),
    onFinished: (submission: FinishedSubmission) => Object.assign(bench, { finished: submission }),
    onLeft: () => Object.assign(bench, { left: true }),
  })
  app.mount('#bench')
}

/** Files as base64 by name, which is how a test can take them out of the page. */
async function filesAsText(of: 'saved' | 'finished'): Promise<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const [name, file] of bench[of]?.files ?? []) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    texts[name] = `${file.type};${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`
  }
  return texts
}

Object.assign(window, { bench })
