import { fitLinear, itemItemScorer, measureLists, rankCases, type InteractionLog, type MatrixProducts } from '@tradewind/learning';
import type { Protocol } from './protocols';
import type { Interactions } from './read-interactions';

/** What one event of each kind counts. */
export type EventWeights = Readonly<Record<string, number>>;

export interface LearnedWeights {
  readonly weights: EventWeights;
  /** The protocol's metric of weighted EASE on the validation cases, with all kinds alike and with these weights; null where they were given. */
  readonly alike: number | null;
  readonly learned: number | null;
}

/** Each event's weight becomes ln(1 + Σ over the pair's events so far of what their kinds count): the strength of the pair at that moment. */
export function weighEvents({ log, events, kinds }: Pick<Interactions, 'log' | 'events' | 'kinds'>, weights: EventWeights): InteractionLog {
  const counts = kinds.map((kind) => weights[kind] ?? 1);
  const sums = new Map<number, number>();
  const strengths = new Float64Array(log.users.length);
  const order = Int32Array.from(log.users.keys()).sort((a, b) => log.timesMs[a]! - log.timesMs[b]! || a - b);
  for (const at of order) {
    const pair = log.users[at]! * log.itemCount + log.items[at]!;
    const sum = (sums.get(pair) ?? 0) + counts[events[at]!]!;
    sums.set(pair, sum);
    strengths[at] = Math.log1p(sum);
  }
  return { ...log, weights: strengths };
}

/** Tried for each kind but the most frequent, which counts 1. */
const TRIED = [0.3, 3, 10];
const LAMBDA = 300;

/**
 * Finds what kinds of events count, one after the other from the most frequent on, by weighted EASE on the validation cases of the
 * training data. Costs a fit for each kind and value.
 */
export async function learnEventWeights(
  data: Interactions,
  split: (log: InteractionLog) => Protocol,
  products: MatrixProducts,
): Promise<LearnedWeights> {
  const frequency = new Int32Array(data.kinds.length);
  for (const event of data.events) frequency[event]!++;
  const kinds = data.kinds.map((kind, at) => ({ kind, count: frequency[at]! })).sort((a, b) => b.count - a.count);
  let weights: EventWeights = Object.fromEntries(kinds.map(({ kind }) => [kind, 1]));
  const alike = await measure(split(weighEvents(data, weights)), products);
  let learned = alike;
  for (const { kind } of kinds.slice(1)) {
    for (const value of TRIED) {
      const changed = { ...weights, [kind]: value };
      const quality = await measure(split(weighEvents(data, changed)), products);
      if (quality > learned) [learned, weights] = [quality, changed];
    }
  }
  return { weights, alike, learned };
}

async function measure({ validation: { train, cases }, metric }: Protocol, products: MatrixProducts): Promise<number> {
  const scorer = itemItemScorer(await fitLinear(train, { lambda: LAMBDA, weighted: true, products }), { weighted: true });
  const [lists] = await rankCases(cases, [scorer]);
  return measureLists(cases, lists!).metrics[metric];
}
