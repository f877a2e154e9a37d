/** The shapes of the server, from its own document; nothing here is written by hand but the names. */
import type { components } from './openapi'

type Schemas = components['schemas']

export type CaptureBody = Schemas['CaptureBody']
export type Comparison = Schemas['Comparison']
export type Change = Comparison['changes'][number]
export type LiveGraph = Schemas['LiveGraph']
export type Problem = Schemas['Problem']
export type RevisionBody = Schemas['RevisionBody']
export type SavedView = Schemas['SavedView']
export type Snapshot = Schemas['Snapshot']
export type SnapshotHeader = Schemas['SnapshotHeader']
export type SnapshotPage = Schemas['SnapshotPage']
export type { components, operations, paths } from './openapi'
