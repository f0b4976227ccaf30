/** What pages and the form component use of all this. `openStore` signs a worker in; everything else needs that first. */
import { searchTargets } from '../search/targetIndex'
import { syncNow } from '../sync/engine'
import { formFiles, packagedBoundaries, packagedForms } from '../sync/formPackage'
import { readCodeNames } from '../visits/codeNames'
import { assignments } from '../visits/plannedVisits'
import { onChange } from './changes'
import { fact } from './database'
import { lookAtDiskSpace } from './diskSpace'
import { drafts } from './drafts'
import { forgetHeld, held, loadHeld } from './heldData'
import { outbox } from './outbox'
import { layOwnOver } from './ownChanges'
import { session, signedOutFor } from './session'
import { openWithPin, type PinAnswer } from './workers'

/** Signs a worker in with their PIN; the answer says why where it does not. Needs no network. */
export async function openStore(workerId: string, pin: string): Promise<PinAnswer> {
  const answer = await openWithPin(workerId, pin)
  if (answer.is !== 'open') return answer
  const worker = (await fact('profile'))?.profile.workers.find(({ id }) => id === workerId)
  session.value = { worker: worker ?? { id: workerId, name: '' }, keys: answer.keys }
  signedOutFor.value = ''
  await readCodeNames()
  await loadHeld()
  await layOwnOver()
  void lookAtDiskSpace()
  void syncNow()
  return answer
}

export function closeStore(): void {
  session.value = undefined
  forgetHeld()
}

export const store = {
  drafts,
  outbox,
  assignments,
  targets: { search: searchTargets, find: (id: string) => held.target.get(id), history: (id: string) => held.history.get(id) },
  forms: { list: packagedForms, files: formFiles, boundaries: packagedBoundaries },
  sync: { now: syncNow },
  onChange,
}
