/** Making this tablet a team's, and vouching for a worker; both need the server once. */
import { fact, keepFact, type Profile } from '../store/database'
import { random, toBase64Url } from '../store/encryption'
import type { Vouched } from '../store/workers'
import { renewLeases } from '../store/workers'
import { appVersion, ask, askJson, post } from './wire'

interface Enrolled {
  device_id: string
  profile: Profile
  signing_key: string
  key_id: string
  server_time: string
}

/** Uses the code of a coordinator's QR. The secret is stored first: if the answer is lost, the same is asked again. */
export async function enrol(code: string): Promise<void> {
  const begun = await fact('enrolling')
  const enrolling = begun?.code === code ? begun : { code, token: toBase64Url(random(32)) }
  await keepFact('enrolling', enrolling)
  const told = await askJson<Enrolled>('/v1/sync/enrol', post({ ...enrolling, app_version: appVersion }))
  await keepFact('profile', { tag: '', profile: told.profile })
  await keepFact('enrolment', { deviceId: told.device_id, token: enrolling.token, signingKey: told.signing_key, keyId: told.key_id })
}

/** Asks who works on this tablet; they are let in offline from now on for another lease. */
export async function readProfile(): Promise<void> {
  const response = await ask('/v1/sync/profile')
  const tag = (response.headers.get('ETag') ?? '').replaceAll('"', '')
  await keepFact('profile', { tag, profile: (await response.json()) as Profile })
  await renewAll(new Date().toISOString())
}

export async function renewAll(serverTime: string): Promise<void> {
  const kept = await fact('profile')
  if (kept) await renewLeases(kept.profile.workers.map(({ id }) => id), serverTime)
}

export function vouch(workerId: string, password: string): Promise<Vouched> {
  return askJson<Vouched>('/v1/sync/sign-in', post({ worker_id: workerId, password }))
}
