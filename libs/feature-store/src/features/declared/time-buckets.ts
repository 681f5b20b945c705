import type { StateReader, StateWriter } from '../../feature';

/** Everything is a multiple of this: 150 seconds. */
const UNIT_MS = 150_000;
/** Widths of buckets: 150 s, 1 h, 6 h, 1 d, 3 d, 15 d. Each divides the next, so that buckets can be put together. */
const WIDTHS = [1, 24, 144, 576, 1_728, 8_640];
const UNITS_PER_HOUR = 24;
const LONGEST_HOURS = 365 * 24;
/** Start, count and sum. */
const BUCKET_BYTES = 8 + 5 + 9;

/** How far back a window reaches: hours or days, 1 h to 365 d. */
export type Window = `${number}h` | `${number}d`;

/** Counts and sums by time, finer for what is recent. Times in units of 150 s. */
export interface TimeBuckets {
  /** The latest time so far; −1 before any. */
  latest: number;
  /** First unit of each bucket, ascending. */
  readonly starts: number[];
  readonly counts: number[];
  readonly sums: number[];
  /** No bucket becomes coarser before this time; not stored. */
  changeAt: number;
}

/**
 * Sliding windows over event time. A window of length w as of t holds every event of (t − w, t], and of the older ones at most those that
 * share a bucket with its beginning: less than w / 24 older. Buckets are aligned to time and become coarser by the user's latest event alone,
 * so neither late events nor the order of events matter. Read it as of the latest event or later.
 */
export class BucketPlan {
  /** Ascending; the i-th is how long buckets of the i-th width are kept. */
  private readonly tiers: readonly { readonly span: number; readonly width: number }[];
  readonly maxBytes: number;

  /** @throws Error when a window is not of 1 h to 365 d */
  constructor(
    windows: readonly Window[],
    /** Whether values are summed up beside the counts. */
    private readonly hasSums: boolean,
  ) {
    const spans = [...new Set(windows.map(hoursOf))].sort((a, b) => a - b).map((hours) => hours * UNITS_PER_HOUR);
    this.tiers = spans.map((span) => ({ span, width: WIDTHS.findLast((width) => width <= span / 24)! }));
    const buckets = this.tiers.reduce((sum, { span, width }, i) => sum + (span - (this.tiers[i - 1]?.span ?? 0)) / width + 3, 0);
    this.maxBytes = 12 + Math.ceil(buckets) * BUCKET_BYTES;
  }

  initial(): TimeBuckets {
    return { latest: -1, starts: [], counts: [], sums: [], changeAt: Infinity };
  }

  add(state: TimeBuckets, atMs: number, value: number): void {
    if (this.tiers.length === 0) return;
    const at = Math.floor(atMs / UNIT_MS);
    if (at > state.latest) {
      state.latest = at;
      if (at >= state.changeAt) this.coarsen(state);
    }
    const start = this.startOf(at, state.latest);
    if (start < 0) return;
    state.changeAt = Math.min(state.changeAt, this.changeOf(start, state.latest));
    put(state, start, 1, value);
  }

  /** Events and sum of their values in the window. */
  read({ latest, starts, counts, sums }: TimeBuckets, window: Window, asOfMs: number): { count: number; sum: number } {
    const fromMs = Math.max(asOfMs, latest * UNIT_MS) - hoursOf(window) * UNITS_PER_HOUR * UNIT_MS;
    let [count, sum] = [0, 0];
    for (let i = starts.length - 1; i >= 0; i--) {
      if ((starts[i]! + this.widthAt(starts[i]!, latest)) * UNIT_MS <= fromMs) break;
      count += counts[i]!;
      sum += sums[i]!;
    }
    return { count, sum };
  }

  encode({ latest, starts, counts, sums }: TimeBuckets, writer: StateWriter): void {
    writer.varint(latest + 1);
    writer.varint(starts.length);
    let before = 0;
    for (let i = 0; i < starts.length; i++) {
      writer.varint(starts[i]! - before);
      writer.varint(counts[i]!);
      if (this.hasSums) writer.number(sums[i]!);
      before = starts[i]!;
    }
  }

  decode(reader: StateReader): TimeBuckets {
    const state = { ...this.initial(), latest: reader.varint() - 1 };
    const size = reader.varint();
    for (let i = 0, start = 0; i < size; i++) {
      start += reader.varint();
      state.starts.push(start);
      state.counts.push(reader.varint());
      state.sums.push(this.hasSums ? reader.number() : 0);
      state.changeAt = Math.min(state.changeAt, this.changeOf(start, state.latest));
    }
    return state;
  }

  /** Which tier the time belongs to: the first whose window may still begin in its bucket; beyond the last: no window will. */
  private tierOf(at: number, latest: number): number {
    for (let i = 0; i < this.tiers.length; i++) if (this.leaves(at, i) > latest) return i;
    return this.tiers.length;
  }

  /** The latest time at which no window of the tier begins in the bucket any more. */
  private leaves(at: number, tier: number): number {
    const { width } = this.tiers[Math.min(tier + 1, this.tiers.length - 1)]!;
    return at - (at % width) + width + this.tiers[tier]!.span;
  }

  /** When the bucket becomes coarser, or goes. */
  private changeOf(start: number, latest: number): number {
    const tier = this.tierOf(start, latest);
    return tier < this.tiers.length ? this.leaves(start, tier) : latest;
  }

  /** The bucket of the time; −1 when it is too old. */
  private startOf(at: number, latest: number): number {
    const tier = this.tiers[this.tierOf(at, latest)];
    return tier === undefined ? -1 : at - (at % tier.width);
  }

  private widthAt(start: number, latest: number): number {
    return this.tiers[this.tierOf(start, latest)]?.width ?? 0;
  }

  private coarsen(state: TimeBuckets): void {
    const { starts, counts, sums } = state;
    let kept = 0;
    state.changeAt = Infinity;
    for (let i = 0; i < starts.length; i++) {
      const start = this.startOf(starts[i]!, state.latest);
      if (start < 0) continue;
      const same = kept > 0 && starts[kept - 1] === start;
      const to = same ? kept - 1 : kept++;
      const [count, sum] = [counts[i]!, sums[i]!];
      starts[to] = start;
      counts[to] = same ? counts[to]! + count : count;
      sums[to] = same ? sums[to]! + sum : sum;
      state.changeAt = Math.min(state.changeAt, this.changeOf(start, state.latest));
    }
    starts.length = counts.length = sums.length = kept;
  }
}

function put({ starts, counts, sums }: TimeBuckets, start: number, count: number, sum: number): void {
  let i = starts.length - 1;
  while (i >= 0 && starts[i]! > start) i--;
  if (i >= 0 && starts[i] === start) {
    counts[i]! += count;
    sums[i]! += sum;
    return;
  }
  starts.splice(i + 1, 0, start);
  counts.splice(i + 1, 0, count);
  sums.splice(i + 1, 0, sum);
}

function hoursOf(window: Window): number {
  const hours = Number(window.slice(0, -1)) * (window.endsWith('d') ? 24 : 1);
  if (!/^\d+[hd]$/.test(window) || hours < 1 || hours > LONGEST_HOURS) throw new Error(`window ${window} is not of 1h to 365d`);
  return hours;
}
