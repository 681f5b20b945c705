import { timeRange, type InteractionLog } from '../interactions';
import { itemFrequencies } from './transitions';
import { fixedScorer } from './sequence-scorers';
import type { Sequences, SequenceScorer } from './sequences';

export interface DecayOptions {
  readonly halfLifeMs: number;
  /** @default the last event of the log, epoch milliseconds UTC */
  readonly asOfMs?: number;
}

/** Σ of the events' weights, each halved for every half-life that it lies before `asOfMs`; later events count nothing. One value an item. O(events). */
export function decayedPopularity(log: InteractionLog, { halfLifeMs, asOfMs = timeRange(log).lastMs }: DecayOptions): Float32Array {
  const sums = new Float64Array(log.itemCount);
  log.items.forEach((item, at) => {
    const ageMs = asOfMs - log.timesMs[at]!;
    if (ageMs >= 0) sums[item]! += log.weights[at]! * 2 ** (-ageMs / halfLifeMs);
  });
  return Float32Array.from(sums);
}

export interface TrendingOptions {
  /** What counts as now, before `asOfMs`. */
  readonly windowMs: number;
  /** What it is compared with, before the window. @default 7 windows */
  readonly baselineMs?: number;
  /** @default the last event of the log, epoch milliseconds UTC */
  readonly asOfMs?: number;
}

/**
 * How far an item's events in the window stand above what its own past and the whole shop's pace let expect, in standard deviations of a
 * Poisson count: z = (n − e) / √(e + 1), e = (events in the baseline + 1) · events of all items in the window / those in the baseline.
 * 0 for items without an event in the window. One value an item. O(events).
 */
export function trendingScores(log: InteractionLog, options: TrendingOptions): Float32Array {
  const { windowMs, baselineMs = 7 * windowMs, asOfMs = timeRange(log).lastMs } = options;
  const [now, before] = [new Float64Array(log.itemCount), new Float64Array(log.itemCount)];
  log.items.forEach((item, at) => {
    const ageMs = asOfMs - log.timesMs[at]!;
    if (ageMs < 0 || ageMs >= windowMs + baselineMs) return;
    if (ageMs < windowMs) now[item]!++;
    else before[item]!++;
  });
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0);
  const pace = sum(before) === 0 ? 0 : sum(now) / sum(before);
  return Float32Array.from(now, (count, item) => {
    const expected = (before[item]! + 1) * pace;
    return count === 0 ? 0 : (count - expected) / Math.sqrt(expected + 1);
  });
}

export interface RecentOptions {
  /** Age, in shares of the training events, after which an event counts 1/e; Infinity counts all alike. @default Infinity */
  readonly fadeAge?: number;
}

/** Popularity that fades with age: by time where it is known, else by the order of the sequences (newest last). Ignores the history. */
export function fitPopularity(train: Sequences, { fadeAge = Infinity }: RecentOptions = {}): SequenceScorer {
  if (fadeAge === Infinity) return fixedScorer(Float32Array.from(itemFrequencies(train)));
  const { items, timesMs, itemCount } = train;
  const [first, last] = timesMs === undefined ? [0, items.length - 1] : [least(timesMs), -least(timesMs.map((time) => -time))];
  const sums = new Float64Array(itemCount);
  items.forEach((item, at) => {
    const age = (last - (timesMs === undefined ? at : timesMs[at]!)) / Math.max(1, last - first);
    sums[item]! += Math.exp(-age / fadeAge);
  });
  return fixedScorer(Float32Array.from(sums));
}

function least(values: Float64Array): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}
