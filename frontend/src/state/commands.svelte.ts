/** Everything that can be done, by name and key: what the palette offers and `?` lists. */

import { untrack } from 'svelte'
import { keyOf } from '../model/presses'

export interface Command {
  readonly id: string
  /** What it does, as a short sentence. */
  readonly title: string
  readonly group: string
  /** As `Ctrl+Shift+S`, `?`, `ArrowLeft`, `Shift+ArrowLeft`; the first is the one that is shown. */
  readonly keys?: readonly string[]
  /** Whether the keys work while text is typed. */
  readonly whileTyping?: boolean
  readonly enabled?: () => boolean
  readonly run: () => void
}

class Commands {
  #all = $state.raw<readonly Command[]>([])

  get all(): readonly Command[] {
    return this.#all
  }

  /** Offer commands. Gives the way to take them back. */
  register(...commands: readonly Command[]): () => void {
    // called from effects, which must not run again for what they themselves add
    this.#all = [...untrack(() => this.#all), ...commands]
    return () => {
      this.#all = this.#all.filter((each) => !commands.includes(each))
    }
  }

  run(id: string): void {
    const command = this.#all.find((each) => each.id === id)
    if (command !== undefined && command.enabled?.() !== false) command.run()
  }

  /** Run what a key means; true when it meant something. */
  press(event: KeyboardEvent): boolean {
    const key = keyOf(event)
    const target = seenTarget(event)
    const typing = isTyping(target)
    if (key === 'Escape' && typing) (target as HTMLElement).blur() // or the keys would go on writing into the field
    if (isPressing(key, target)) return false
    const command = this.#all.find(
      (each) => (each.keys?.includes(key) ?? false) && (!typing || each.whileTyping === true) && each.enabled?.() !== false,
    )
    command?.run()
    return command !== undefined
  }
}

/** Space and Enter belong to what is pressed or ticked by them and has the focus. */
const PRESSED = 'button, a, summary, input[type=checkbox], [role^=menuitem], [role=option]'

/** Where a press goes; null where nobody sees it: until the next frame the focus is still in the dialog that was just closed. */
function seenTarget({ target }: KeyboardEvent): Element | null {
  return target instanceof Element && target.checkVisibility() ? target : null
}

function isPressing(key: string, target: Element | null): boolean {
  return (key === 'Space' || key === 'Enter') && target !== null && target.closest(PRESSED) !== null
}

function isTyping(target: Element | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select')) // of radios, ranges and selects the arrows are their own
  )
}

export const commands = new Commands()
