/** The form component on a page of its own, for tests; see `bench/formBench.ts`. */
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  root: new URL('bench', import.meta.url).pathname,
  plugins: [vue()],
  build: { outDir: '../dist-bench', emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 2_000, reportCompressedSize: true },
})
