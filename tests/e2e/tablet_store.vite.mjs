// Builds the tablet's store by itself, for tests of what has no page yet.
export default {
  logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: process.env.STORE_BUILT_TO,
    lib: { entry: '../tests/e2e/tablet_store.ts', formats: ['es'], fileName: () => 'store.js' },
    rollupOptions: { output: { codeSplitting: false } },
  },
}
