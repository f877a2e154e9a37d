/** Graphs as columns: how they are asked for, and what comes of an answer. */
import { graphOfColumns, type GraphColumns } from '../model/columns'
import type { GraphModel } from '../model/graph'
import type { SnapshotHeader } from '../schema'

/** For the query: typed arrays in place of an object per element. */
export const COLUMNS = { format: 'columns' } as const

export type ColumnsDocument = SnapshotHeader & { readonly graph_columns: GraphColumns }

export interface Captured {
  readonly header: SnapshotHeader
  readonly graph: GraphModel
}

export function captured({ graph_columns, ...header }: ColumnsDocument): Captured {
  return { header, graph: graphOfColumns(graph_columns) }
}
