import type { SparseMatrix } from './interactions';

/**
 * Means over the users that have at least one held-out item T. `hits` is |top-k ∩ T|; ranks count from 1; all in 0–1.
 */
export interface RankingMetrics {
  readonly k: number;
  /** hits / |T| (LightGCN and most libraries). */
  readonly recall: number;
  /** hits / min(k, |T|) (Liang et al. 2018, §4.2, eq. 9): 1 is reachable however long T is. */
  readonly truncatedRecall: number;
  /** Σ_{hit ranks r} 1/log₂(r + 1) over the same sum for ranks 1 … min(k, |T|) (Järvelin and Kekäläinen 2002, binary gains). */
  readonly ndcg: number;
  /** Share of users with a hit (HR@k). */
  readonly hitRate: number;
  /** 1 / rank of the first hit, 0 without one (MRR@k). */
  readonly mrr: number;
  /** Share of the items that stand in at least one user's top k. */
  readonly coverage: number;
}

export interface RankingReport {
  /** Users that were measured. */
  readonly users: number;
  /** One for each cutoff, in the order asked for. */
  readonly at: readonly RankingMetrics[];
}

/** Fills `scores` ([users.length, items] row-major) for these users; higher is better, −∞ or NaN is never recommended. */
export type BatchScorer = (users: Int32Array, scores: Float32Array) => void;

export interface EvaluationOptions {
  /** Items each user already has: they are not recommended. Users × items. */
  readonly train: SparseMatrix;
  /** Items to find. Users × items. */
  readonly heldOut: SparseMatrix;
  readonly score: BatchScorer;
  /** @default [10, 20] */
  readonly cutoffs?: readonly number[];
  /** Users scored at once. @default 256 */
  readonly batchSize?: number;
}

/** Ranks all items without the train ones for every user with held-out items; memory grows with the batch, not the users. */
export function evaluateRanking({ train, heldOut, score, cutoffs = [10, 20], batchSize = 256 }: EvaluationOptions): RankingReport {
  const items = train.columns;
  const measured = usersWithEntries(heldOut);
  const depth = Math.max(...cutoffs);
  const sums = cutoffs.map((k) => new MetricSums(k, items));
  const scores = new Float32Array(batchSize * items);
  for (let first = 0; first < measured.length; first += batchSize) {
    const users = measured.subarray(first, first + batchSize);
    const batch = scores.subarray(0, users.length * items).fill(0);
    score(users, batch);
    users.forEach((user, row) => {
      const own = batch.subarray(row * items, (row + 1) * items);
      for (let at = train.offsets[user]!; at < train.offsets[user + 1]!; at++) own[train.indices[at]!] = -Infinity;
      const truth = new Set(heldOut.indices.subarray(heldOut.offsets[user]!, heldOut.offsets[user + 1]!));
      const top = topItems(own, depth);
      for (const sum of sums) sum.add(top, truth);
    });
  }
  return { users: measured.length, at: sums.map((sum) => sum.means()) };
}

/** The `count` best items, best first; equal scores in item order; −∞ and NaN are left out, so it may be shorter. */
export function topItems(scores: Float32Array, count: number): Int32Array {
  const items = new Int32Array(count);
  let length = 0;
  let worst = -Infinity;
  for (let item = 0; item < scores.length; item++) {
    const value = scores[item]!;
    if (!(value > -Infinity) || (length === count && value <= worst)) continue;
    let place = length < count ? length++ : count - 1;
    for (; place > 0 && scores[items[place - 1]!]! < value; place--) items[place] = items[place - 1]!;
    items[place] = item;
    worst = scores[items[length - 1]!]!;
  }
  return items.subarray(0, length);
}

/** The metrics of one list against its truth; `coverage` is the list's share of `items`. */
export function rankingMetrics(list: ArrayLike<number>, truth: ReadonlySet<number>, k: number, items: number): RankingMetrics {
  const sums = new MetricSums(k, items);
  sums.add(list, truth);
  return sums.means();
}

class MetricSums {
  private users = 0;
  private recall = 0;
  private truncatedRecall = 0;
  private ndcg = 0;
  private hitRate = 0;
  private mrr = 0;
  private readonly recommended = new Set<number>();

  constructor(
    private readonly k: number,
    private readonly items: number,
  ) {}

  add(list: ArrayLike<number>, truth: ReadonlySet<number>): void {
    let [hits, gain, first] = [0, 0, 0];
    const length = Math.min(this.k, list.length);
    for (let rank = 1; rank <= length; rank++) {
      const item = list[rank - 1]!;
      this.recommended.add(item);
      if (!truth.has(item)) continue;
      hits++;
      gain += 1 / Math.log2(rank + 1);
      first ||= rank;
    }
    const reachable = Math.min(this.k, truth.size);
    this.users++;
    this.recall += hits / truth.size;
    this.truncatedRecall += hits / reachable;
    this.ndcg += gain / idealGain(reachable);
    this.hitRate += hits > 0 ? 1 : 0;
    this.mrr += first > 0 ? 1 / first : 0;
  }

  means(): RankingMetrics {
    const mean = (sum: number) => (this.users === 0 ? 0 : sum / this.users);
    return {
      k: this.k,
      recall: mean(this.recall),
      truncatedRecall: mean(this.truncatedRecall),
      ndcg: mean(this.ndcg),
      hitRate: mean(this.hitRate),
      mrr: mean(this.mrr),
      coverage: this.items === 0 ? 0 : this.recommended.size / this.items,
    };
  }
}

function idealGain(count: number): number {
  let gain = 0;
  for (let rank = 1; rank <= count; rank++) gain += 1 / Math.log2(rank + 1);
  return gain;
}

function usersWithEntries({ rows, offsets }: SparseMatrix): Int32Array {
  const users: number[] = [];
  for (let row = 0; row < rows; row++) if (offsets[row + 1]! > offsets[row]!) users.push(row);
  return Int32Array.from(users);
}
