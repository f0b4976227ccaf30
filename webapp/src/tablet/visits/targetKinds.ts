/** The kinds of targets, and by which form each is visited. */

/** In the order in which field teams meet them. */
export const targetKinds = ['hane', 'esnaf', 'taziye_ailesi', 'asker', 'isveren', 'stk_muhtarlik', 'yasli_engelli', 'adres'] as const

/** The form by which one of a kind is visited, where the municipality has it; the other forms are offered after it. */
const formOfKind: Record<string, string> = { taziye_ailesi: 'taziye', asker: 'asker_ugurlama', yasli_engelli: 'yasli_ziyareti' }
export const formFor = (kind = '') => formOfKind[kind] ?? kind
