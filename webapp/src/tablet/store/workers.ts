/** Who may open this tablet: the first time by the server's word, then by PIN. A wrong PIN costs time, never data. */
import { fact, database, type KeptWorker } from './database'
import { withLastReserve } from './diskSpace'
import { fromBase64Url, unwrapKeys, wrapAnew, wrapKeys, type OpenKeys } from './encryption'

export const shortestPin = 6

/** What `POST /v1/sync/sign-in` answers. */
export interface Vouched {
  worker_id: string
  lease_until: string
  team_key: string
  worker_key: string
  server_time: string
}
export interface Hindered {
  is: 'wrong' | 'held up'
  waitMs: number
}
export type PinAnswer =
  | { is: 'open'; keys: OpenKeys }
  | Hindered
  | { is: 'lease over' }
  | { is: 'password needed' }

/** Three mistakes are free; then 5 s, doubling up to a quarter of an hour. */
export function delayAfter(wrongPins: number): number {
  return wrongPins < 3 ? 0 : Math.min(5_000 * 2 ** (wrongPins - 3), 900_000)
}

/** Digits only, and not the ones that anybody tries first. */
export function isGoodPin(pin: string): boolean {
  if (!/^\d+$/.test(pin) || pin.length < shortestPin) return false
  const steps = new Set([...pin].slice(1).map((digit, at) => Number(digit) - Number(pin[at])))
  return steps.size > 1 || ![0, 1, -1].includes([...steps][0] ?? 0)
}

export async function setPin(vouched: Vouched, teamId: string, pin: string): Promise<void> {
  const keys = await wrapKeys(pin, fromBase64Url(vouched.team_key), fromBase64Url(vouched.worker_key))
  const leaseMs = Date.parse(vouched.lease_until) - Date.parse(vouched.server_time)
  // Whoever forgot their PIN has not forgotten what they agreed to.
  const { shares, notice } = await agreement(vouched.worker_id)
  const worker = { id: vouched.worker_id, teamId, keys, leaseUntil: vouched.lease_until, leaseMs, wrongPins: 0, notBefore: 0, sharesPosition: shares, noticeAgreed: notice }
  await (await database()).put('workers', worker)
}

/** Whether this worker can sign in by PIN: has one, and it was set for the team that the tablet is in. */
export async function hasPin(workerId: string): Promise<boolean> {
  const [worker, kept] = [await (await database()).get('workers', workerId), await fact('profile')]
  return Boolean(worker && worker.teamId === kept?.profile.team.id)
}

export async function openWithPin(workerId: string, pin: string): Promise<PinAnswer> {
  const worker = await (await database()).get('workers', workerId)
  if (!worker || !(await hasPin(workerId))) return { is: 'password needed' }
  if (await isLeaseOver(worker)) return { is: 'lease over' }
  const keys = await tryPin(worker, () => unwrapKeys(pin, worker.keys))
  return 'is' in keys ? keys : { is: 'open', keys }
}

/** Sets another PIN with the old one, without a network; wrong ones count as at sign-in. Returns what hindered it. */
export async function changePin(workerId: string, pin: string, newPin: string): Promise<Hindered | undefined> {
  const worker = await (await database()).get('workers', workerId)
  if (!worker) throw new Error('nobody of that id has a PIN')
  const keys = await tryPin(worker, () => wrapAnew(pin, newPin, worker.keys))
  if ('is' in keys) return keys
  await change(workerId, (kept) => ({ ...kept, keys }))
  return undefined
}

/** What a PIN opens, or why not. */
async function tryPin<Opened extends object>(worker: KeptWorker, open: () => Promise<Opened | undefined>): Promise<Opened | Hindered> {
  const waitMs = worker.notBefore - Date.now()
  // A clock that was set back must not lock anybody out for longer than a delay lasts.
  if (waitMs > 0 && waitMs <= delayAfter(worker.wrongPins)) return { is: 'held up', waitMs }
  // Counted before it is tried: whoever reloads the page in the middle has tried all the same.
  await countAttempt(worker.id, worker.wrongPins + 1)
  const opened = await open()
  if (!opened) return { is: 'wrong', waitMs: delayAfter(worker.wrongPins + 1) }
  await countAttempt(worker.id, 0)
  return opened
}

async function countAttempt(workerId: string, wrongPins: number): Promise<void> {
  // A full disk must neither lock anybody out nor let anybody try without end.
  await withLastReserve(() => change(workerId, (worker) => ({ ...worker, wrongPins, notBefore: Date.now() + delayAfter(wrongPins) })))
}

async function isLeaseOver(worker: KeptWorker): Promise<boolean> {
  // Not by the tablet's clock alone: it can be set back, but never before the server was last heard.
  const heard = Date.parse((await fact('contact'))?.serverTime ?? '') || 0
  return Math.max(Date.now(), heard) > Date.parse(worker.leaseUntil)
}

/** What `tablet.position.what` says, counted up whenever it says more; 2: that roads are learnt (`teams/positions.py`). */
export const newestNotice = 2
/** Whether they agreed that the tablet tells where it is, nothing until they were asked; and to which notice. */
export async function agreement(workerId: string): Promise<{ shares: boolean | undefined; notice: number }> {
  const worker = await (await database()).get('workers', workerId)
  return { shares: worker?.sharesPosition, notice: worker?.noticeAgreed ?? 1 }
}
export async function sharePosition(workerId: string, shares: boolean): Promise<void> {
  await change(workerId, (worker) => ({ ...worker, sharesPosition: shares, noticeAgreed: newestNotice }))
}

/** The server has just named these workers: their leases begin anew. */
export async function renewLeases(workerIds: string[], serverTime: string): Promise<void> {
  for (const id of workerIds) {
    await change(id, (worker) => ({ ...worker, leaseUntil: new Date(Date.parse(serverTime) + worker.leaseMs).toISOString() }))
  }
}

async function change(workerId: string, by: (worker: KeptWorker) => KeptWorker): Promise<void> {
  const transaction = (await database()).transaction('workers', 'readwrite')
  const worker = await transaction.store.get(workerId)
  if (worker) await transaction.store.put(by(worker))
  await transaction.done
}
