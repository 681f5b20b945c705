import type { InteractionLog, SparseMatrix } from '../interactions';

/**
 * Ordered histories, oldest event first, repeats allowed: sequence s has `items[offsets[s] … offsets[s + 1])`. What every model here learns
 * from and scores: a user's history or a session alike.
 */
export interface Sequences {
  /** Items are numbered 0 … itemCount − 1. */
  readonly itemCount: number;
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  /** Epoch milliseconds UTC, one an event. Absent where only the order is known. */
  readonly timesMs?: Float64Array;
  /** How strong each event is, above 0. @default 1 each */
  readonly weights?: Float32Array;
}

/** Fills `scores` ([rows.length, itemCount] row-major, zeros on entry) for these sequences; higher is better, −∞ is never recommended. */
export interface SequenceScorer {
  score(sequences: Sequences, rows: Int32Array, scores: Float32Array): void | Promise<void>;
}

export function sequenceCount({ offsets }: Sequences): number {
  return offsets.length - 1;
}

/** Each user's events by time; events of one moment stay in the log's order. O(events · log events). */
export function toSequences(log: InteractionLog): Sequences {
  const order = Int32Array.from(log.users.keys()).sort(
    (a, b) => log.users[a]! - log.users[b]! || log.timesMs[a]! - log.timesMs[b]! || a - b,
  );
  const offsets = new Int32Array(log.userCount + 1);
  for (const user of log.users) offsets[user + 1]!++;
  for (let user = 0; user < log.userCount; user++) offsets[user + 1]! += offsets[user]!;
  return {
    itemCount: log.itemCount,
    offsets,
    items: Int32Array.from(order, (at) => log.items[at]!),
    timesMs: Float64Array.from(order, (at) => log.timesMs[at]!),
    weights: Float32Array.from(order, (at) => log.weights[at]!),
  };
}

/** Sequences given as lists of item numbers. */
export function sequencesFrom(lists: readonly ArrayLike<number>[], itemCount: number): Sequences {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, s) => (offsets[s + 1] = offsets[s]! + list.length));
  const items = new Int32Array(offsets[lists.length]!);
  lists.forEach((list, s) => items.set(list, offsets[s]!));
  return { itemCount, offsets, items };
}

/** Parts of sequences, in the order given: events `from` … `to` − 1 of sequence `sequence`, counted within it. */
export interface Slice {
  readonly sequence: number;
  readonly from: number;
  readonly to: number;
}

/** New sequences, one a slice. */
export function sliceSequences(source: Sequences, slices: readonly Slice[]): Sequences {
  const offsets = new Int32Array(slices.length + 1);
  slices.forEach(({ from, to }, at) => (offsets[at + 1] = offsets[at]! + to - from));
  const pick = <T extends Int32Array | Float32Array | Float64Array>(all: T, picked: T): T => {
    slices.forEach(({ sequence, from, to }, at) => {
      const start = source.offsets[sequence]!;
      picked.set(all.subarray(start + from, start + to), offsets[at]!);
    });
    return picked;
  };
  const length = offsets[slices.length]!;
  return {
    itemCount: source.itemCount,
    offsets,
    items: pick(source.items, new Int32Array(length)),
    ...(source.timesMs && { timesMs: pick(source.timesMs, new Float64Array(length)) }),
    ...(source.weights && { weights: pick(source.weights, new Float32Array(length)) }),
  };
}

/** Sequences × items: for each item that occurs the value of its last event, 1 unless `weigh` (given the event's place) says otherwise. */
export function toItemMatrix({ itemCount, offsets, items }: Sequences, weigh?: (at: number) => number): SparseMatrix {
  const rows = offsets.length - 1;
  const [rowOffsets, indices, values] = [new Int32Array(rows + 1), new Int32Array(items.length), new Float32Array(items.length)];
  let entries = 0;
  for (let row = 0; row < rows; row++) {
    const last = new Map<number, number>();
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) last.set(items[at]!, at);
    for (const item of Int32Array.from(last.keys()).sort()) {
      indices[entries] = item;
      values[entries++] = weigh === undefined ? 1 : weigh(last.get(item)!);
    }
    rowOffsets[row + 1] = entries;
  }
  return { rows, columns: itemCount, offsets: rowOffsets, indices: indices.slice(0, entries), values: values.slice(0, entries) };
}

/** Calls `visit` for each different item of a sequence, newest first, with its last place and how many events lie behind it (0 = newest). */
export function eachRecent(
  { offsets, items }: Sequences,
  sequence: number,
  limit: number,
  visit: (item: number, at: number, stepsBack: number) => void,
): void {
  const end = offsets[sequence + 1]!;
  const first = Math.max(offsets[sequence]!, end - limit);
  const seen = new Set<number>();
  for (let at = end - 1; at >= first; at--) {
    const item = items[at]!;
    if (seen.has(item)) continue;
    seen.add(item);
    visit(item, at, end - 1 - at);
  }
}
