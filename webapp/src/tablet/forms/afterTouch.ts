/**
 * Puts off what moves the page until the finger is off it: a sentence that appears while somebody taps the next question
 * moves that question from under the finger, and the tap is lost.
 */
let isTouching = false

const touch = () => (isTouching = true)
const lift = () => (isTouching = false)
window.addEventListener('pointerdown', touch, { capture: true })
window.addEventListener('pointerup', lift, { capture: true })
window.addEventListener('pointercancel', lift, { capture: true })

export function afterTouch(act: () => void): void {
  // The click itself comes after the finger has gone, in the same turn.
  if (!isTouching) setTimeout(act)
  else window.addEventListener('pointerup', () => setTimeout(act), { once: true })
}
