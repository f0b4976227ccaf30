import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { tabletShell } from './tabletShell'

const apiPaths = ['/v1', '/photos', '/openrosa', '/health']
const api = process.env.SAHA_PUBLIC_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue(), tabletShell()],
  // The content security policy allows fonts and scripts from our own origin only, so nothing may become a data: URL.
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 400, rollupOptions: { input: ['index.html', 'tablet.html'] } },
  server: { proxy: Object.fromEntries(apiPaths.map((path) => [path, api])) },
})
