import type { Feature } from '../feature';
import { kindOf } from './event-kind';
import { DAY_MS } from './units';

const HALF_LIFE_MS = 30 * DAY_MS;
/** Points of an event when it happens, in the order of `EventKind`. */
const POINTS: readonly number[] = [10, 0, 1, 3, 1, 1, 1, 3, 1, 1];

export interface DecayedActivity {
  score: number;
  /** The moment `score` holds for, epoch milliseconds UTC: the latest event. */
  atMs: number;
}

/**
 * Engagement in points that halve every 30 days of event time: a page 1, a basket step 3, an order 10. A late event counts
 * with what is left of it, so but for rounding the order of events does not matter.
 */
export const decayedActivity: Feature<DecayedActivity> = {
  name: 'decayed activity',
  tag: 7,
  initial: () => ({ score: 0, atMs: 0 }),
  apply(state, event) {
    const points = POINTS[kindOf(event)]!;
    const atMs = event.occurredAtMs;
    if (state.score === 0) {
      state.score = points;
      state.atMs = atMs;
    } else if (atMs >= state.atMs) {
      state.score = state.score * left(atMs - state.atMs) + points;
      state.atMs = atMs;
    } else {
      state.score += points * left(state.atMs - atMs);
    }
  },
  encode(state, writer) {
    writer.float64(state.score);
    writer.number(state.atMs);
  },
  decode: (reader) => ({ score: reader.float64(), atMs: reader.number() }),
  columns: [{ name: 'decayed_activity_points', read: (s, asOfMs) => s.score * left(Math.max(0, asOfMs - s.atMs)) }],
};

/** What remains of a point after that long, 0–1. */
function left(elapsedMs: number): number {
  return 2 ** (-elapsedMs / HALF_LIFE_MS);
}
