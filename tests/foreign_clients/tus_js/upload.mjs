// Uploads one file with tus-js-client, as a browser application would, and prints where it lies as JSON.
// node upload.mjs '{"endpoint": …, "token": …, "file": …, "sha256": …, "chunkSize": …, "withCreation": …, "override": …}'

import { readFileSync } from 'node:fs'
import * as tus from 'tus-js-client'

const given = JSON.parse(process.argv[2])
const content = readFileSync(given.file)

const upload = new tus.Upload(content, {
  endpoint: given.endpoint,
  uploadUrl: given.uploadUrl ?? null,
  headers: { Authorization: `Bearer ${given.token}` },
  metadata: { sha256: given.sha256, filename: 'foto.jpg' },
  chunkSize: given.chunkSize ?? Number.POSITIVE_INFINITY,
  uploadDataDuringCreation: given.withCreation ?? false,
  overridePatchMethod: given.override ?? false,
  retryDelays: [0, 100, 500, 1000, 2000, 4000],
  onError(error) {
    console.error(error.message)
    process.exit(1)
  },
  onSuccess() {
    console.log(JSON.stringify({ url: upload.url }))
  }
})
upload.start()
