/** Making this tablet a team's, and vouching for a worker; both need the server once. */
import { Problem } from '../../api/client'
import { database, fact, keepFact, type Profile } from '../store/database'
import { random, toBase64Url } from '../store/encryption'
import { dropHeld, pullState } from '../store/heldData'
import type { Vouched } from '../store/workers'
import { hasPin, renewLeases } from '../store/workers'
import { readCodeNames } from '../visits/codeNames'
import { appVersion, ask, askJson, post } from './wire'

interface Enrolled {
  device_id: string
  profile: Profile
  signing_key: string
  key_id: string
  server_time: string
}

/**
 * Uses the code of a coordinator's QR. The secret is stored first: if the answer is lost, the same is asked again. A tablet
 * that was enrolled before is another one to the server from now on; what lies here stays, and its keys.
 */
export async function enrol(code: string): Promise<void> {
  const begun = await fact('enrolling')
  const enrolling = begun?.code === code ? begun : { code, token: toBase64Url(random(32)) }
  await keepFact('enrolling', enrolling)
  const told = await askJson<Enrolled>('/v1/sync/enrol', post({ ...enrolling, app_version: appVersion }))
  const enrolment = { deviceId: told.device_id, token: enrolling.token, signingKey: told.signing_key, keyId: told.key_id }
  const before = await fact('enrolment')
  if (before) await beginAsAnother(told.profile)
  await keepFact('profile', { tag: '', profile: told.profile })
  // Last: what breaks off before is begun once more.
  await keepFact('enrolment', { ...enrolment, keysOf: before && (before.keysOf ?? before.deviceId) })
}

/** To the server it is another tablet, and may be a server that lost what this one had sent: it is sent again then. */
async function beginAsAnother(profile: Profile): Promise<void> {
  await dropForOtherTeam(profile)
  await keepFact('pull', { ...(await pullState()), sendsAgain: true })
  await (await database()).delete('facts', 'toldUnsent')
}

/** Whether the server still takes this tablet for the one that was enrolled; other trouble is thrown. */
export async function isTakenThere(): Promise<boolean> {
  try {
    await ask('/v1/sync/profile')
    return true
  } catch (problem) {
    if (problem instanceof Problem && ['device.unknown', 'device.revoked'].includes(problem.code)) return false
    throw problem
  }
}

/** Asks who works on this tablet; they are let in offline from now on for another lease. */
export async function readProfile(): Promise<void> {
  const response = await ask('/v1/sync/profile')
  const tag = (response.headers.get('ETag') ?? '').replaceAll('"', '')
  const profile = (await response.json()) as Profile
  await dropForOtherTeam(profile)
  await keepFact('profile', { tag, profile })
  await readCodeNames()
  // By the server's clock: the tablet's own may be set to whatever suits.
  await renewAll(new Date(response.headers.get('Date') ?? 0).toISOString())
}

/** What another team's workers are to read must not lie here any more; its key they do not get either. */
async function dropForOtherTeam(profile: Profile): Promise<void> {
  const before = await fact('profile')
  if (before && before.profile.team.id !== profile.team.id) await dropHeld()
}

/** Whether who is signed in may still work here: of the team that the tablet is in, with an open account. */
export async function isWelcome(workerId: string): Promise<boolean> {
  const isNamed = (await fact('profile'))?.profile.workers.some(({ id }) => id === workerId)
  return Boolean(isNamed) && (await hasPin(workerId))
}

export async function renewAll(serverTime: string): Promise<void> {
  const kept = await fact('profile')
  if (kept) await renewLeases(kept.profile.workers.map(({ id }) => id), serverTime)
}

export function vouch(workerId: string, password: string): Promise<Vouched> {
  return askJson<Vouched>('/v1/sync/sign-in', post({ worker_id: workerId, password }))
}
