/** The time, to the second: what "14 min ago" is counted from. */

class Clock {
  now = $state.raw(new Date())

  /** Tick while the page is seen. Gives the way to stop. */
  follow(): () => void {
    const timer = setInterval(() => {
      if (!document.hidden) this.now = new Date()
    }, 1000)
    return () => clearInterval(timer)
  }
}

export const clock = new Clock()
