/** What a tablet may still do; the protocol lets a revoked one hand over its outbox for a day. */
import type { DeviceRow } from '../api/officeTypes'

export const deviceStates = ['active', 'draining', 'revoked'] as const
export type DeviceState = (typeof deviceStates)[number]
const drains_ms = 86_400_000

export function stateOf(device: DeviceRow): DeviceState {
  if (!device.revoked_at) return 'active'
  return Date.now() - new Date(device.revoked_at).getTime() < drains_ms ? 'draining' : 'revoked'
}
