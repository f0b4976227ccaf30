/** Light or dark: what the device prefers, unless the user has chosen on this browser. */
import { ref } from 'vue'

export type Theme = 'system' | 'light' | 'dark'
const kept = localStorage.getItem('saha.theme')
export const theme = ref<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system')

export function wear(chosen: Theme): void {
  theme.value = chosen
  if (chosen === 'system') {
    localStorage.removeItem('saha.theme')
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem('saha.theme', chosen)
    document.documentElement.dataset.theme = chosen
  }
}
