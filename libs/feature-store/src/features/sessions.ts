import type { Feature } from '../feature';
import { daysBetween, MINUTE_MS, ratio } from './units';

/** Silence that ends a session. */
const GAP_MS = 30 * MINUTE_MS;

export interface Sessions {
  count: number;
  /** Of sessions before the latest, first to last event, milliseconds. */
  endedMs: number;
  /** Latest session, epoch milliseconds UTC; 0 while `count` is 0. */
  startedAtMs: number;
  lastAtMs: number;
}

/**
 * Visits, parted by 30 minutes without an event. A late event that touches the latest session widens it; an older one
 * belongs to a session that is counted already or cannot be told, and changes nothing.
 * `idle_days` is the time since the latest event; `session_minutes_mean` includes the running session.
 */
export const sessions: Feature<Sessions> = {
  name: 'sessions',
  tag: 6,
  initial: () => ({ count: 0, endedMs: 0, startedAtMs: 0, lastAtMs: 0 }),
  apply(state, event) {
    const atMs = event.occurredAtMs;
    if (state.count === 0 || atMs > state.lastAtMs + GAP_MS) {
      state.endedMs += state.lastAtMs - state.startedAtMs;
      state.count++;
      state.startedAtMs = atMs;
      state.lastAtMs = atMs;
    } else if (atMs >= state.startedAtMs - GAP_MS) {
      state.startedAtMs = Math.min(state.startedAtMs, atMs);
      state.lastAtMs = Math.max(state.lastAtMs, atMs);
    }
  },
  encode(state, writer) {
    writer.number(state.count);
    writer.number(state.endedMs);
    writer.number(state.startedAtMs);
    writer.number(state.lastAtMs);
  },
  decode: (reader) => ({ count: reader.number(), endedMs: reader.number(), startedAtMs: reader.number(), lastAtMs: reader.number() }),
  columns: [
    { name: 'sessions_count', read: (s) => s.count },
    { name: 'session_minutes_mean', read: (s) => ratio((s.endedMs + s.lastAtMs - s.startedAtMs) / MINUTE_MS, s.count) },
    { name: 'idle_days', read: (s, asOfMs) => (s.count > 0 ? daysBetween(s.lastAtMs, asOfMs) : 0) },
  ],
};
