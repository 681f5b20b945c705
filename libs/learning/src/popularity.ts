import { countItemUsers, timeRange, type InteractionLog } from './interactions';

export interface PopularityOptions {
  /** Only this long before `asOfMs` counts. @default all time */
  readonly windowMs?: number;
  /** @default the last event of the log, epoch milliseconds UTC */
  readonly asOfMs?: number;
}

/** Share of the busiest item's users that each item has, 0–1: how many different users chose it, in all or lately. */
export function popularity(
  log: InteractionLog,
  { windowMs = Infinity, asOfMs = timeRange(log).lastMs }: PopularityOptions = {},
): Float32Array {
  const counts = countItemUsers(log, asOfMs - windowMs);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  return Float32Array.from(counts, (count) => count / most);
}
