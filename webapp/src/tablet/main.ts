import '@fontsource-variable/inter/wght.css'
import 'leaflet/dist/leaflet.css'
import '../appearance/tokens.css'
import '../appearance/elements.css'
import '../appearance/fields.css'
import '../appearance/maps.css'
import './tablet.css'
import { createApp } from 'vue'
import { theme, wear } from '../appearance/theme'
import { language, speak } from '../texts/catalogue'
import { installShell } from './offline/installing'
import { router } from './router'
import { stopQuietly } from './store/renewal'
import { startSyncing } from './sync/engine'
import TabletFrame from './TabletFrame.vue'

wear(theme.value)
speak(language.value)
stopQuietly()
createApp(TabletFrame).use(router).mount('#app')
installShell()
startSyncing()
