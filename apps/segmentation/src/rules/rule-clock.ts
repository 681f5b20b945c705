import type { Event } from '@tradewind/contracts';

/**
 * What time it is for rules. `wall`: a record's time on the log, which for live traffic is now. `events`: when events happened, for replays of
 * old data; then time stands still where nothing happens.
 */
export type ClockMode = 'wall' | 'events';

/** How far the clock runs behind the wall where nothing waits to be handled, so that events under way come first. */
export const HOLD_BACK_MS = 500;

/**
 * The clock of a partition after one more record: it follows from the log alone and never goes back, so that repeating a batch, or reading
 * the log again, decides the same. A record stamped ahead of the wall counts as now.
 */
export function tick(mode: ClockMode, clockMs: number, record: { readonly timestampMs: number }, event: Event, nowMs: number): number {
  const atMs = mode === 'events' ? event.occurredAtMs : Math.min(record.timestampMs, nowMs);
  return atMs > clockMs ? atMs : clockMs;
}
