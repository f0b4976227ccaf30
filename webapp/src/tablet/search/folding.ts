/** Folds a text to what people type when they search, as the server does (geo/turkish.py, `search_key`). */
const longest = 2_000
const others: Record<string, string> = { ı: 'i', æ: 'ae', ø: 'o', đ: 'd', ł: 'l', œ: 'oe', ß: 'ss' }

export function searchKey(text: string): string {
  const small = text.slice(0, longest).normalize('NFKC').replace(/İ/g, 'i').replace(/I/g, 'ı').toLowerCase()
  const bare = small.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[ıæøđłœß]/g, (letter) => others[letter] ?? letter)
  return bare.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}
