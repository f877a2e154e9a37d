/** ForceAtlas2 beside the page: a module worker of our own, since the package's supervisor starts a blob, which the CSP refuses. */
import { arrange, type Job } from '../model/arrange'
import { attracted } from './attraction'

export interface LayoutJob extends Job {
  readonly id: number
}

/** How far a job is (0 to 1), or where everything stands at its end. */
export type LayoutNews = { readonly id: number; readonly share: number } | { readonly id: number; readonly xy: Float32Array }

/** What takes less time than this is not worth a word. */
const TELL_MS = 250

self.addEventListener('message', (event: MessageEvent<LayoutJob>) => {
  const { id } = event.data
  let told = performance.now()
  const tell = (share: number): void => {
    if (performance.now() - told < TELL_MS) return
    told = performance.now()
    self.postMessage({ id, share } satisfies LayoutNews)
  }
  const xy = arrange(event.data, (job, iterations) => attracted(job, iterations, tell))
  self.postMessage({ id, xy } satisfies LayoutNews, { transfer: [xy.buffer] })
})
