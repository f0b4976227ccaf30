/**
 * In a quiet moment after the start: fetches the form engine and opens a small form that nobody sees, so that the browser has
 * read and compiled what the first form of the day needs. Without it the first form does so itself.
 */
import { openForm } from './formSession'

const quietAfterMs = 2_000
/** One of each that costs: a choice among items, an answer that is reckoned, a condition, a repeat. */
const smallForm = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>-</h:title><model>
<instance><data id="-" version="1"><a/><b/><c/><d><e/></d><meta><instanceID/></meta></data></instance>
<instance id="list"><root><item><name>1</name><label>1</label></item></root></instance>
<bind nodeset="/data/a" type="string"/><bind nodeset="/data/b" type="string" relevant="/data/a = ''"/>
<bind nodeset="/data/c" type="int" calculate="string-length(/data/a) + 1"/><bind nodeset="/data/d/e" type="date"/>
<bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
</model></h:head>
<h:body><input ref="/data/a"><label>-</label></input>
<select1 ref="/data/b"><label>-</label><itemset nodeset="instance('list')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>
<group ref="/data/d"><label>-</label><repeat nodeset="/data/d"><input ref="/data/d/e"><label>-</label></input></repeat></group>
</h:body></h:html>`

export async function warmForms(): Promise<void> {
  const nothing = { files: new Map<string, Blob>() }
  const session = await openForm({ xform: smallForm, media: () => Promise.resolve(undefined), entityLists: {} }, nothing, 'tr', () => undefined)
  session.close()
}

/** Only once per start; a failure is told by the form that is opened. */
let isBegun = false
export function warmFormsWhenQuiet(): void {
  if (isBegun) return
  isBegun = true
  const whenIdle = window.requestIdleCallback ?? ((act: () => void) => window.setTimeout(act))
  window.setTimeout(() => whenIdle(() => void warmForms().catch(() => undefined)), quietAfterMs)
}
