/** What is wrong with a new PIN that was typed twice; nothing where it will do. */
import { text } from '../../texts/catalogue'
import { isGoodPin, shortestPin } from '../store/workers'

export function newPinTrouble(pin: string, again: string): string {
  if (!isGoodPin(pin)) return text('tablet.pin.bad', { count: shortestPin })
  return pin === again ? '' : text('tablet.pin.differ')
}
