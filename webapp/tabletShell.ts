/** What makes the tablet application start without a network: its service worker with the list of its files, and its manifest. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, type Rolldown } from 'vite'

const page = 'tablet.html'
// Letters that no Turkish text has; the browser fetches them if one ever comes.
const leftOut = /cyrillic|greek|vietnamese/

/** Follows the names of files from the page on: what a file names, it needs. */
function filesOf(texts: Map<string, string>, names: string[]): string[] {
  const needed = new Set([page])
  for (const name of needed) {
    const text = texts.get(name) ?? ''
    for (const other of names) if (other !== page && !leftOut.test(other) && text.includes(basename(other))) needed.add(other)
  }
  return [...needed].filter((name) => name !== page).sort()
}

/** The icon as pictures, which some launchers want; `maskable` fills whatever shape the launcher cuts. */
const pictures = [
  { file: 'icon-192.png', sizes: '192x192', purpose: 'any' },
  { file: 'icon-512.png', sizes: '512x512', purpose: 'any' },
  { file: 'icon-maskable-512.png', sizes: '512x512', purpose: 'maskable' },
]

function manifestOf(icon: string): string {
  const title = { name: 'Saha tablet', short_name: 'Saha', lang: 'tr', description: 'Saha ekiplerinin ziyaret uygulaması' }
  const opens = { id: '/tablet', start_url: '/tablet/', scope: '/tablet', display: 'standalone' }
  const looks = { background_color: '#f3f5f6', theme_color: '#0b6b73' }
  const drawn = { src: `/${icon}`, sizes: 'any', type: 'image/svg+xml', purpose: 'any' }
  const icons = [...pictures.map(({ file, ...of }) => ({ src: `/${file}`, type: 'image/png', ...of })), drawn]
  return JSON.stringify({ ...title, ...opens, ...looks, icons })
}

/** What the service worker sends by itself is the application's own code, bundled once more: a worker imports no modules. */
async function builtForWorker(): Promise<string> {
  const entry = fileURLToPath(new URL('src/tablet/offline/sendingAlone.ts', import.meta.url))
  const built = (await build({
    configFile: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, lib: { entry, formats: ['iife'], name: 'sendingAlone' } },
  })) as Rolldown.RolldownOutput[]
  return built[0]?.output[0].code ?? ''
}

export function tabletShell(): Plugin {
  return {
    name: 'tablet-shell',
    apply: 'build',
    generateBundle() {
      for (const { file } of pictures) {
        const source = readFileSync(new URL(`src/pictures/${file}`, import.meta.url))
        this.emitFile({ type: 'asset', fileName: file, source })
      }
    },
    async writeBundle({ dir }, bundle) {
      const folder = dir ?? 'dist'
      const texts = new Map(
        Object.entries(bundle).map(([name, one]) => [name, one.type === 'chunk' ? one.code : String(one.source)]),
      )
      const names = Object.keys(bundle).filter((name) => name.startsWith('assets/'))
      const icon = names.find((name) => basename(name).startsWith('icon-') && name.endsWith('.svg'))
      if (!icon) this.error('the tablet has no icon')
      writeFileSync(join(folder, 'tablet.webmanifest'), manifestOf(icon))
      const files = filesOf(texts, names)
      const hash = createHash('sha256').update(texts.get(page) ?? '')
      for (const name of files) hash.update(name)
      const version = hash.digest('hex').slice(0, 16)
      const addresses = ['/tablet', '/tablet.webmanifest', ...files.map((name) => `/${name}`)]
      const worker = readFileSync(new URL('src/tablet/offline/serviceWorker.js', import.meta.url), 'utf-8')
      const sending = await builtForWorker()
      const known = `const VERSION = ${JSON.stringify(version)}\nconst FILES = ${JSON.stringify(addresses)}\n`
      writeFileSync(join(folder, 'tablet-worker.js'), `${known}${worker};\n${sending}`)
    },
  }
}
