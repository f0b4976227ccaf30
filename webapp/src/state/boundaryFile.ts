/** Looks into a boundary file before it is sent: which fields it has, and which of them seem to hold name and code. */

const names = ['ad', 'adi', 'ad_tr', 'mahalle', 'mahalle_adi', 'mahalleadi', 'name', 'name:tr']
const codes = ['kod', 'kodu', 'mahalle_kodu', 'mahallekodu', 'uavt', 'code', 'id']

/** The fields of the first mahalle; none where the file is no GeoJSON, whose fields only the server can read. */
export async function fieldsOf(file: File): Promise<string[]> {
  if (!/\.(geo)?json$/i.test(file.name)) return []
  try {
    const first = (JSON.parse(await file.text()) as { features?: { properties?: object }[] }).features?.[0]
    return Object.keys(first?.properties ?? {})
  } catch {
    return [] // the server says what is wrong with it
  }
}

const guess = (fields: string[], usual: string[]) =>
  usual.map((one) => fields.find((field) => field.toLocaleLowerCase('tr') === one)).find(Boolean) ?? ''

export const guessName = (fields: string[]) => guess(fields, names)
export const guessCode = (fields: string[]) => guess(fields, codes)
