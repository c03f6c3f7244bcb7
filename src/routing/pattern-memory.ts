import type { RoutingTable } from './engine/routing-table';

/** The compiled patterns of all tables take at most this part of the memory for tables, in addition to it. */
const SHARE = 8;

interface Used {
  readonly table: RoutingTable;
  /** Time of the last use, by the monotonic clock. */
  readonly usedAt: number;
}

/** Evicts the patterns of the least recently used tables until those of all tables fit beside the routing memory. */
export function limitPatterns(entries: Iterable<Used>, routingMemoryBytes: number): void {
  const oldestFirst = [...entries].sort((a, b) => a.usedAt - b.usedAt);
  let excess = -routingMemoryBytes / SHARE;
  for (const { table } of oldestFirst) excess += table.patterns.bytes;
  for (const { table } of oldestFirst) {
    if (excess <= 0) return;
    excess -= table.patterns.bytes;
    table.patterns.clear();
  }
}
