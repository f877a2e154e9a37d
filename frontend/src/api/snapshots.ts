/** Snapshots over REST: find, read, capture, revise, delete, compare, and the addresses of exports. */
import type { CaptureBody, Comparison, RevisionBody, SnapshotHeader, SnapshotPage } from '../schema'
import { justAfter } from '../model/times'
import { COLUMNS, captured, type Captured, type ColumnsDocument } from './columns'
import { address, ask, askText } from './http'

const SNAPSHOTS = '/api/performance/snapshots'

const path = (reference: string): string => `${SNAPSHOTS}/${encodeURIComponent(reference)}`

/** As many as may have been captured in the same moment, and one more. */
const BESIDE = 10

/** What a list may be narrowed to. */
export interface ListFilter {
  readonly graph: string
  readonly trigger?: readonly string[]
  readonly severity?: readonly string[]
  readonly since?: string
  readonly until?: string
  readonly tag?: string
  readonly q?: string
}

export function listSnapshots(
  filter: ListFilter,
  page: { readonly limit?: number; readonly cursor?: string | null; readonly signal?: AbortSignal } = {},
): Promise<SnapshotPage> {
  const { signal, ...query } = page
  return ask(SNAPSHOTS, { query: { ...filter, ...query }, ...(signal ? { signal } : {}) })
}

/** The one before a snapshot, or without one the newest; null when there is none. */
export async function readBefore(header: SnapshotHeader | null, graph: string): Promise<SnapshotHeader | null> {
  const page = await listSnapshots({ graph, ...(header === null ? {} : { until: justAfter(header.timestamp) }) }, { limit: BESIDE })
  const version = header?.version ?? Infinity
  return page.items.find((each) => (each.version ?? 0) < version) ?? null
}

/** A snapshot with its graph. */
export async function readSnapshot(reference: string, graph: string, signal?: AbortSignal): Promise<Captured> {
  return captured(await ask<ColumnsDocument>(path(reference), { query: { graph, ...COLUMNS }, ...(signal ? { signal } : {}) }))
}

export function readHeader(reference: string, graph: string, signal?: AbortSignal): Promise<SnapshotHeader> {
  return ask(path(reference), { query: { graph, graph_state: false }, ...(signal ? { signal } : {}) })
}

export type CaptureWish = Partial<CaptureBody>

/** Capture; `key` makes a second press of the button the same capture. */
export function captureSnapshot(wish: CaptureWish, key: string): Promise<SnapshotHeader> {
  return ask(SNAPSHOTS, { method: 'POST', body: wish, headers: { 'Idempotency-Key': key } })
}

/** Change tags, note or pin; refused with 412 when somebody else did since the header was read. */
export function reviseSnapshot(id: string, revision: RevisionBody, read: SnapshotHeader): Promise<SnapshotHeader> {
  const etag = `"${read.snapshot_id}-${read.revision ?? 1}"`
  return ask(path(id), { method: 'PATCH', body: revision, headers: { 'If-Match': etag } })
}

export function deleteSnapshot(id: string): Promise<null> {
  return ask(path(id), { method: 'DELETE' })
}

export interface CompareWish {
  readonly graph: string
  readonly baseline: string
  readonly target: string
  readonly limit?: number
  readonly cursor?: string
}

export function compareSnapshots(wish: CompareWish, signal?: AbortSignal): Promise<Comparison> {
  return ask(`${SNAPSHOTS}/compare`, { query: { ...wish }, ...(signal ? { signal } : {}) })
}

export type ExportFormat = 'json' | 'cypher' | 'csv'

/** Where a download lies; the browser fetches it itself. */
export function exportAddress(id: string, format: ExportFormat, part?: 'relationships' | 'nodes' | 'all'): string {
  return address(`${path(id)}/export`, { format, part })
}

/** An export as text. */
export function readExport(id: string, format: ExportFormat): Promise<string> {
  return askText(`${path(id)}/export`, { query: { format } })
}

/** Where a snapshot lies, for cURL. */
export function snapshotAddress(id: string): string {
  return address(path(id))
}
