import { countItemUsers, timeRange, type Histories, type InteractionLog, type SparseMatrix } from './interactions';

export interface TrendOptions {
  /** What counts as lately, before `asOfMs`. */
  readonly windowMs: number;
  /** 0 ignores the trend, 1 follows it fully. */
  readonly exponent: number;
  /** Users' worth of the average trend mixed into each item's, so that rare items stay near 1. @default 5 */
  readonly smoothing?: number;
  /** @default the last event of the log */
  readonly asOfMs?: number;
}

/**
 * How much more of an item's users came lately than the average item's: ((r_j + cρ) / (a_j + c) / ρ)^exponent with r_j, a_j the
 * item's different users lately and in all, ρ = Σr / Σa, c the smoothing. 1 is the average; above 0. One value an item.
 */
export function trendFactors(log: InteractionLog, options: TrendOptions): Float32Array {
  const { windowMs, exponent, smoothing = 5, asOfMs = timeRange(log).lastMs } = options;
  const all = countItemUsers(log);
  const recent = countItemUsers(log, asOfMs - windowMs);
  const sum = (counts: Int32Array) => counts.reduce((a, b) => a + b, 0);
  const average = sum(recent) / sum(all);
  if (average === 0) return new Float32Array(all.length).fill(1);
  return Float32Array.from(all, (users, j) => ((recent[j]! + smoothing * average) / (users + smoothing) / average) ** exponent);
}

/** Weight of a history item: 1 for the user's latest, halved for every half-life that lies between; Infinity never fades. */
export function historyWeight(lastMs: number, userLatestMs: number, halfLifeMs: number): number {
  return 2 ** (-(userLatestMs - lastMs) / halfLifeMs);
}

/** Histories with `historyWeight` as values: the w of score_j = Σ w_l · B[l, j]. */
export function fadeHistories(histories: Histories, halfLifeMs: number): SparseMatrix {
  const { rows, columns, offsets, indices, lastMs } = histories;
  const values = new Float32Array(indices.length);
  for (let user = 0; user < rows; user++) {
    const times = lastMs.subarray(offsets[user]!, offsets[user + 1]!);
    const latest = times.reduce((a, b) => Math.max(a, b), -Infinity);
    times.forEach((time, at) => (values[offsets[user]! + at] = historyWeight(time, latest, halfLifeMs)));
  }
  return { rows, columns, offsets, indices, values };
}
