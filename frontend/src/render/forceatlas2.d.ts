/** The parts of the package that its own types leave out: one iteration at a time, so that progress can be told. */
declare module 'graphology-layout-forceatlas2/iterate.js' {
  import type { ForceAtlas2Settings } from 'graphology-layout-forceatlas2'
  export default function iterate(settings: ForceAtlas2Settings, nodes: Float32Array, edges: Float32Array): void
}
declare module 'graphology-layout-forceatlas2/defaults.js' {
  import type { ForceAtlas2Settings } from 'graphology-layout-forceatlas2'
  const defaults: Required<ForceAtlas2Settings>
  export default defaults
}
declare module 'graphology-layout-forceatlas2/helpers.js' {
  import type { AbstractGraph } from 'graphology-types'
  export function graphToByteArrays(graph: AbstractGraph, weightOf: () => number): { nodes: Float32Array; edges: Float32Array }
  export function assignLayoutChanges(graph: AbstractGraph, nodes: Float32Array, reducer: null): void
}
