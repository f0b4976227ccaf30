import '@fontsource-variable/inter/wght.css'
import 'leaflet/dist/leaflet.css'
import './appearance/tokens.css'
import './appearance/elements.css'
import './appearance/fields.css'
import './appearance/tables.css'
import './appearance/maps.css'
import './appearance/print.css'
import { createApp } from 'vue'
import OfficeFrame from './OfficeFrame.vue'
import { theme, wear } from './appearance/theme'
import { router } from './router'
import { language, speak } from './texts/catalogue'

wear(theme.value)
speak(language.value)
createApp(OfficeFrame).use(router).mount('#app')
