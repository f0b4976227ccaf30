/** Our own small catalogue: flat keys, Turkish is the complete one, English must have the same keys or the build fails. */
import { computed, ref } from 'vue'
import enConflicts from './en/conflicts.json'
import enDevices from './en/devices.json'
import enDuplicates from './en/duplicates.json'
import enFormDesk from './en/formDesk.json'
import enFrame from './en/frame.json'
import enPlan from './en/plan.json'
import enPlanning from './en/planning.json'
import enReturns from './en/returns.json'
import enSettings from './en/settings.json'
import enTablet from './en/tablet.json'
import enVisitImports from './en/visitImports.json'
import enVisitLists from './en/visitLists.json'
import enVisits from './en/visits.json'
import trConflicts from './tr/conflicts.json'
import trDevices from './tr/devices.json'
import trDuplicates from './tr/duplicates.json'
import trFormDesk from './tr/formDesk.json'
import trFrame from './tr/frame.json'
import trPlan from './tr/plan.json'
import trPlanning from './tr/planning.json'
import trReturns from './tr/returns.json'
import trSettings from './tr/settings.json'
import trTablet from './tr/tablet.json'
import trVisitImports from './tr/visitImports.json'
import trVisitLists from './tr/visitLists.json'
import trVisits from './tr/visits.json'

const tr = { ...trFrame, ...trVisits, ...trSettings, ...trConflicts, ...trDevices, ...trReturns, ...trTablet, ...trVisitLists, ...trFormDesk, ...trPlan, ...trPlanning, ...trVisitImports, ...trDuplicates }
export type TextKey = keyof typeof tr
const en: Record<TextKey, string> = {
  ...enFrame, ...enVisits, ...enSettings, ...enConflicts, ...enDevices, ...enReturns, ...enTablet, ...enVisitLists, ...enFormDesk, ...enPlan, ...enPlanning,
  ...enVisitImports, ...enDuplicates,
}

export type Language = 'tr' | 'en'
// A service worker has none.
const kept = 'localStorage' in globalThis ? localStorage.getItem('saha.language') : null
export const language = ref<Language>(kept === 'en' ? 'en' : 'tr')
export const locale = computed(() => (language.value === 'tr' ? 'tr-TR' : 'en-GB'))

export function speak(chosen: Language): void {
  language.value = chosen
  localStorage.setItem('saha.language', chosen)
  document.documentElement.lang = chosen
}

/** Makes the function that says the sentence of a key, `{name}` replaced by what is given. */
export function catalogueOf<Key extends string>(tr: Record<Key, string>, en: Record<Key, string>) {
  const spoken = { tr, en }
  return (key: Key, given: Record<string, string | number> = {}): string =>
    spoken[language.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(given[name] ?? ''))
}

export const text = catalogueOf<TextKey>(tr, en)

/** The sentence of a key that is put together from a code the server sent; the code itself where we know no word. */
export function textOfCode(prefix: string, code: string): string {
  const key = `${prefix}.${code}`
  return key in tr ? text(key as TextKey) : code
}
