/** The statuses of a planned visit in the order a day goes through them. */
export const assignmentStatuses = ['planli', 'yolda', 'yapildi', 'evde_yok', 'istemedi', 'ertelendi', 'tasinmis', 'adres_yok', 'iptal'] as const

export function toneOfStatus(code: string): string {
  if (code === 'yapildi') return 'good'
  if (code === 'planli') return ''
  if (code === 'yolda') return 'info'
  return code === 'iptal' ? '' : 'warn'
}
