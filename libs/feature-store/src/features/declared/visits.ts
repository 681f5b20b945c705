import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { MINUTE_MS, ratio } from '../units';
import { timeOf, toPredicate, type EventSelector } from './selector';

/** Visits that a late event can still change. */
const OPEN_VISITS = 6;

export interface VisitsOptions extends ProfileOptions {
  /** Silence that ends a visit. @default 30 */
  readonly gapMinutes?: number;
  /** Which of the events count as its depth. @default all */
  readonly depthOf?: EventSelector;
}

interface Visit {
  startMs: number;
  endMs: number;
  depth: number;
}

export interface Visits {
  count: number;
  lengthMs: number;
  depth: number;
  /** Visits with a depth of at most 1. */
  bounces: number;
  /** The latest ones, ascending; those before them are in the sums above. */
  readonly open: Visit[];
}

/**
 * Visits parted by more than 30 minutes of silence: `<name>_count`, `<name>_minutes_mean` (first to last event), `<name>_depth_mean`, `<name>_bounce_ratio`.
 * A late event widens, joins or makes a visit among the latest six in event time, whatever the order; an older one than these adds to the depth only.
 */
export function visits(options: VisitsOptions): ProfileFeature<Visits> {
  const { name, on, gapMinutes = 30, depthOf } = options;
  const gapMs = gapMinutes * MINUTE_MS;
  const isSelected = toPredicate(on);
  const isDeep = depthOf === undefined ? () => true : toPredicate(depthOf);
  return declare('visits.1', options, {
    concerns: isSelected,
    maxBytes: 4 * 9 + 1 + OPEN_VISITS * (9 + 9 + 5),
    initial: (): Visits => ({ count: 0, lengthMs: 0, depth: 0, bounces: 0, open: [] }),
    apply(state, event) {
      if (isSelected(event)) take(state, timeOf(event), isDeep(event) ? 1 : 0, gapMs);
    },
    encode({ count, lengthMs, depth, bounces, open }, writer) {
      for (const sum of [count, lengthMs, depth, bounces]) writer.number(sum);
      writer.varint(open.length);
      let beforeMs = 0;
      for (const visit of open) {
        writer.number(visit.startMs - beforeMs);
        writer.number(visit.endMs - visit.startMs);
        writer.varint(visit.depth);
        beforeMs = visit.endMs;
      }
    },
    decode(reader) {
      const [count, lengthMs, depth, bounces] = [reader.number(), reader.number(), reader.number(), reader.number()];
      let beforeMs = 0;
      const open = Array.from({ length: reader.varint() }, () => {
        const startMs = beforeMs + reader.number();
        beforeMs = startMs + reader.number();
        return { startMs, endMs: beforeMs, depth: reader.varint() };
      });
      return { count, lengthMs, depth, bounces, open };
    },
    columns: [
      { name: `${name}_count`, read: (state) => state.count + state.open.length },
      { name: `${name}_minutes_mean`, read: (state) => mean(state, 'lengthMs') / MINUTE_MS },
      { name: `${name}_depth_mean`, read: (state) => mean(state, 'depth') },
      { name: `${name}_bounce_ratio`, read: (state) => mean(state, 'bounces') },
    ],
  });
}

function take(state: Visits, atMs: number, depth: number, gapMs: number): void {
  const { open } = state;
  let at = open.length;
  while (at > 0 && open[at - 1]!.startMs - gapMs > atMs) at--;
  const visit = open[at - 1];
  if (visit !== undefined && atMs <= visit.endMs + gapMs) return widen(state, at - 1, { atMs, depth, gapMs });
  if (at === 0 && state.count > 0) {
    state.depth += depth; // of a visit that is in the sums
    return;
  }
  open.splice(at, 0, { startMs: atMs, endMs: atMs, depth });
  if (open.length > OPEN_VISITS) close(state, open.shift()!);
}

function widen({ open }: Visits, index: number, { atMs, depth, gapMs }: { atMs: number; depth: number; gapMs: number }): void {
  const visit = open[index]!;
  visit.startMs = Math.min(visit.startMs, atMs);
  visit.endMs = Math.max(visit.endMs, atMs);
  visit.depth += depth;
  const former = open[index - 1];
  if (former === undefined || visit.startMs > former.endMs + gapMs) return;
  former.endMs = visit.endMs;
  former.depth += visit.depth;
  open.splice(index, 1);
}

function close(state: Visits, { startMs, endMs, depth }: Visit): void {
  state.count++;
  state.lengthMs += endMs - startMs;
  state.depth += depth;
  if (depth <= 1) state.bounces++;
}

function mean(state: Visits, what: 'lengthMs' | 'depth' | 'bounces'): number {
  let sum = state[what];
  for (const { startMs, endMs, depth } of state.open)
    sum += what === 'lengthMs' ? endMs - startMs : what === 'depth' ? depth : depth <= 1 ? 1 : 0;
  return ratio(sum, state.count + state.open.length);
}
