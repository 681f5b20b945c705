import type { ScoredBatch } from './rank-cases';
import { fitPopularity } from './trending';
import type { Sequences } from './sequences';

/** What the hybrid knows of items beside the components' scores; one value an item. */
export interface ItemContext {
  /** ln(1 + events). */
  readonly popularity: Float32Array;
  /** ln(1 + events, each faded by its age: 1/e after a twentieth of the training events). */
  readonly recent: Float32Array;
  /** Share of the training data that came after the item's first event: 0 is brand new, 1 was there from the beginning. */
  readonly age: Float32Array;
  /** ln price; 0 where unknown. */
  readonly price: Float32Array;
  /** Number of the item's category; −1 where unknown. */
  readonly category: Int32Array;
}

/** Names of what each candidate has beside its components' scores. */
export const CONTEXT_FEATURES = [
  'popularity',
  'recent',
  'trend',
  'age',
  'repeats',
  'recency',
  'length',
  'price',
  'priceGap',
  'categoryShare',
] as const;

/** @default details nothing known */
export function describeItems(train: Sequences, details: { prices?: Float32Array; categories?: Int32Array } = {}): ItemContext {
  const n = train.itemCount;
  const all = scoresOf(train, Infinity);
  const recent = scoresOf(train, 0.05);
  const first = new Float64Array(n).fill(-1);
  const order = train.timesMs === undefined ? Float64Array.from(train.items.keys()) : train.timesMs;
  let [low, high] = [Infinity, -Infinity];
  train.items.forEach((item, at) => {
    const time = order[at]!;
    [low, high] = [Math.min(low, time), Math.max(high, time)];
    if (first[item]! < 0 || time < first[item]!) first[item] = time;
  });
  return {
    popularity: all.map(Math.log1p),
    recent: recent.map(Math.log1p),
    age: Float32Array.from(first, (time) => (time < 0 ? 0 : (high - time) / Math.max(1, high - low))),
    price: details.prices?.map((price) => (price > 0 ? Math.log(price) : 0)) ?? new Float32Array(n),
    category: details.categories ?? new Int32Array(n).fill(-1),
  };
}

export interface CaseCandidates {
  readonly batch: ScoredBatch;
  /** Which case of the batch. */
  readonly at: number;
  /** Its items, oldest first. */
  readonly history: Int32Array;
  readonly items: readonly number[];
  readonly context: ItemContext;
}

/** Features of a case's candidates, a column after the other: three a component, then CONTEXT_FEATURES. */
export function caseFeatures(candidates: CaseCandidates): Float32Array {
  const { batch, items } = candidates;
  const features = new Float32Array(items.length * (3 * batch.scores.length + CONTEXT_FEATURES.length));
  batch.scores.forEach((scores, s) => {
    const list = batch.lists[s]!;
    const own = list.items.subarray(candidates.at * list.depth, (candidates.at + 1) * list.depth);
    const n = scores.length / batch.cases.length;
    writeComponent(features.subarray(3 * s * items.length), items, own, scores.subarray(candidates.at * n, (candidates.at + 1) * n));
  });
  writeContext(features.subarray(3 * batch.scores.length * items.length), candidates);
  return features;
}

/** How many of a component's best its scale is taken from. */
const SCALE_DEPTH = 50;

/** value: 1 for the component's best, 0 for its 50th; rank: −ln(1 + rank), of those beyond its list twice its length; gap: score − best. */
function writeComponent(into: Float32Array, items: readonly number[], own: Int32Array, scores: Float32Array): void {
  const rankOf = new Map<number, number>();
  own.forEach((item, rank) => item >= 0 && rankOf.set(item, rank + 1));
  const best = own[0]! < 0 ? 0 : scores[own[0]!]!;
  const lowest = own.subarray(0, SCALE_DEPTH).findLast((item) => item >= 0);
  const base = lowest === undefined ? 0 : scores[lowest]!;
  const range = Math.max(best - base, 1e-9);
  items.forEach((item, at) => {
    const score = scores[item]! > -Infinity ? scores[item]! : base - range;
    into[at] = Math.max(-2, (score - base) / range);
    into[items.length + at] = -Math.log1p(Math.min(rankOf.get(item) ?? Infinity, 2 * SCALE_DEPTH));
    into[2 * items.length + at] = Math.max(-20, score - best);
  });
}

function writeContext(into: Float32Array, { history, items, context }: CaseCandidates): void {
  const { popularity, recent, age, price, category } = context;
  const [counts, lastAt, categories] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()];
  let [prices, priced] = [0, 0];
  history.forEach((item, at) => {
    counts.set(item, (counts.get(item) ?? 0) + 1);
    lastAt.set(item, at);
    categories.set(category[item]!, (categories.get(category[item]!) ?? 0) + 1);
    if (price[item] !== 0) [prices, priced] = [prices + price[item]!, priced + 1];
  });
  const usual = priced === 0 ? 0 : prices / priced;
  items.forEach((item, at) => {
    const last = lastAt.get(item);
    const values = [
      popularity[item]!,
      recent[item]!,
      recent[item]! - popularity[item]!,
      age[item]!,
      Math.log1p(counts.get(item) ?? 0),
      last === undefined ? 0 : 1 / (history.length - last),
      Math.log1p(history.length),
      price[item]!,
      priced === 0 || price[item] === 0 ? 0 : Math.abs(price[item]! - usual),
      category[item]! < 0 ? 0 : (categories.get(category[item]!) ?? 0) / history.length,
    ];
    values.forEach((value, f) => (into[f * items.length + at] = value));
  });
}

function scoresOf(train: Sequences, fadeAge: number): Float32Array {
  const scores = new Float32Array(train.itemCount);
  void fitPopularity(train, { fadeAge }).score({ ...train, offsets: Int32Array.of(0, 0) }, Int32Array.of(0), scores);
  return scores;
}
