/** Folds a text to what people type when they search, as the server does (geo/turkish.py, `search_key`). */
const longest = 2_000
const others: Record<string, string> = { ı: 'i', æ: 'ae', ø: 'o', đ: 'd', ł: 'l', œ: 'oe', ß: 'ss', ς: 'σ' }
const turkish: Record<string, string> = { ç: 'c', ğ: 'g', ı: 'i', ö: 'o', ş: 's', ü: 'u', â: 'a', î: 'i', û: 'u' }
// What people write here, none of which changes with its neighbours: folded in a tenth of the time.
const plain = /^[ -~çğıöşüâîûÇĞİÖŞÜÂÎÛ]*$/

export function searchKey(text: string): string {
  const cut = text.slice(0, longest)
  if (!plain.test(cut)) return fold(cut)
  const small = cut.replace(/[İI]/g, 'i').toLowerCase()
  const bare = small.replace(/[çğıöşüâîû]/g, (letter) => turkish[letter] ?? letter)
  return bare.replace(/[^a-z0-9]+/g, ' ').trim()
}

function fold(text: string): string {
  const small = text.normalize('NFKC').replace(/İ/g, 'i').replace(/I/g, 'ı').toLowerCase()
  const bare = small.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[ıæøđłœßς]/g, (letter) => others[letter] ?? letter)
  return bare.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}
