/** The kinds of targets, and on which type of visit each is visited. */

/** In the order in which field teams meet them. */
export const targetKinds = ['hane', 'esnaf', 'taziye_ailesi', 'asker', 'isveren', 'stk_muhtarlik', 'yasli_engelli', 'kurum', 'adres'] as const

/** The type of visit that one of a kind gets where nothing is planned; the forms of the others are offered after its. */
const typeOfKind: Record<string, string> = { taziye_ailesi: 'taziye', asker: 'asker_ugurlama', yasli_engelli: 'yasli_ziyareti', kurum: 'dagitim', adres: 'dagitim' }
export const typeFor = (kind = '') => typeOfKind[kind] ?? kind
