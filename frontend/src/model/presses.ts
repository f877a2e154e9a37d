/** Key presses as the commands write them: `Ctrl+Shift+S`, `?`, `ArrowLeft`, `Shift+ArrowLeft`. */

type Press = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'getModifierState'>

/**
 * A key press as text; ⌘ counts as Ctrl. A sign is itself, whatever it takes to type it: on a German keyboard `[` is
 * AltGr+8 (which Windows tells as Ctrl and Alt), on that of a Mac ⌥5.
 */
export function keyOf(press: Press): string {
  const isSingle = press.key.length === 1
  const isSign = isSingle && press.key !== ' ' && !/[\p{L}\p{N}]/u.test(press.key)
  const isTyped = isSign && (press.altKey || press.getModifierState('AltGraph'))
  const ctrl = press.metaKey || (press.ctrlKey && !isTyped)
  const name = press.key === ' ' ? 'Space' : isSingle && ctrl ? press.key.toUpperCase() : press.key
  const shift = press.shiftKey && (!isSingle || ctrl)
  return `${ctrl ? 'Ctrl+' : ''}${press.altKey && !isTyped ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${name}`
}
