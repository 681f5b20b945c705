import type { SparseMatrix } from '../interactions';
import { transpose } from '../interactions';

/** Two items that stand in the same baskets more often than chance lets expect. */
export interface BoughtTogether {
  readonly item: number;
  /** Baskets with both. */
  readonly baskets: number;
  /** How many times more baskets have both than if they were bought independently. */
  readonly lift: number;
  /** Of the baskets with the first item, the share that has the other, too, 0–1. */
  readonly confidence: number;
  /** Dunning's G², chi-squared with 1 degree of freedom were they independent: above 10.83 less than 1 in 1,000 by chance. */
  readonly logLikelihoodRatio: number;
}

export interface BoughtTogetherOptions {
  /** @default 20 */
  readonly limit?: number;
  /** G² that a pair must reach. @default 10.83, p < 0.001 */
  readonly minLogLikelihoodRatio?: number;
  /** Baskets that must have both. @default 3 */
  readonly minBaskets?: number;
}

/** The items bought together with each item, the strongest evidence first. */
export interface BoughtTogetherModel {
  of(item: number, options?: BoughtTogetherOptions): readonly BoughtTogether[];
}

/**
 * Pairs tested by the log-likelihood ratio of their 2 × 2 table (Dunning 1993, "Accurate Methods for the Statistics of Surprise and
 * Coincidence", Computational Linguistics 19(1), §6); pairs with a lift of 1 or less are left out. Baskets × items; values are not read.
 * Nothing is precomputed but the index: a call costs O(Σ length of the item's baskets).
 */
export function fitBoughtTogether(baskets: SparseMatrix): BoughtTogetherModel {
  const byItem = transpose(baskets);
  const count = (item: number): number => byItem.offsets[item + 1]! - byItem.offsets[item]!;
  const shared = new Int32Array(baskets.columns);
  return {
    of(item, { limit = 20, minLogLikelihoodRatio = 10.83, minBaskets = 3 } = {}) {
      const touched = countShared(baskets, byItem, item, shared);
      const found: BoughtTogether[] = [];
      for (const other of touched) {
        const both = shared[other]!;
        shared[other] = 0;
        if (other === item || both < minBaskets) continue;
        const lift = (both * baskets.rows) / (count(item) * count(other));
        const logLikelihoodRatio = gSquared(both, count(item), count(other), baskets.rows);
        if (lift <= 1 || logLikelihoodRatio < minLogLikelihoodRatio) continue;
        found.push({ item: other, baskets: both, lift, confidence: both / count(item), logLikelihoodRatio });
      }
      return found.sort((a, b) => b.logLikelihoodRatio - a.logLikelihoodRatio || a.item - b.item).slice(0, limit);
    },
  };
}

/** G² = 2·Σ observed·ln(observed / expected) over the 2 × 2 table of baskets with and without two items; 0 when independent. */
export function gSquared(both: number, ofFirst: number, ofSecond: number, all: number): number {
  const cells = [
    [both, ofFirst * ofSecond],
    [ofFirst - both, ofFirst * (all - ofSecond)],
    [ofSecond - both, (all - ofFirst) * ofSecond],
    [all - ofFirst - ofSecond + both, (all - ofFirst) * (all - ofSecond)],
  ] as const;
  return 2 * cells.reduce((sum, [seen, product]) => sum + (seen === 0 ? 0 : seen * Math.log((seen * all) / product)), 0);
}

function countShared(baskets: SparseMatrix, byItem: SparseMatrix, item: number, shared: Int32Array): number[] {
  const touched: number[] = [];
  for (let at = byItem.offsets[item]!; at < byItem.offsets[item + 1]!; at++) {
    const basket = byItem.indices[at]!;
    for (let place = baskets.offsets[basket]!; place < baskets.offsets[basket + 1]!; place++) {
      const other = baskets.indices[place]!;
      if (shared[other]!++ === 0) touched.push(other);
    }
  }
  return touched;
}
