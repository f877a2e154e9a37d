/** Dark or light: the address first, then the choice kept in this browser, then what the system prefers. */
import { THEMES, type Theme } from '../model/view'
import { view } from './view.svelte'

const KEY = 'snapgraph-theme'

class ThemeState {
  #system = $state(false)
  #kept = $state<Theme>('system')
  /** Paper is light, whatever was chosen. */
  isPrinting = $state(false)
  /** Everything has been drawn for paper: pictures of it can be taken. */
  isOnPaper = $state(false)

  readonly choice: Theme = $derived(view.theme === 'system' ? this.#kept : view.theme)
  readonly dark: boolean = $derived(!this.isPrinting && (this.choice === 'system' ? this.#system : this.choice === 'dark'))

  /** Follow the system's preference. Gives the way to stop. */
  follow(): () => void {
    const query = window.matchMedia('(prefers-color-scheme: dark)')
    const read = (): void => {
      this.#system = query.matches
    }
    read()
    this.#kept = THEMES.find((each) => each === window.localStorage.getItem(KEY)) ?? 'system'
    query.addEventListener('change', read)
    return () => query.removeEventListener('change', read)
  }

  choose(theme: Theme): void {
    this.#kept = theme
    window.localStorage.setItem(KEY, theme)
    view.set({ theme: 'system' }) // the choice is this browser's; only a link carries a theme
  }

  /** Dark to light and back. */
  turn(): void {
    this.choose(this.dark ? 'light' : 'dark')
  }
}

export const theme = new ThemeState()
