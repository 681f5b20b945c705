import { createRandom } from '../random';
import { topItems } from '../ranking-metrics';
import { sequenceCount, type Sequences, type SequenceScorer } from './sequences';

/** What is to be predicted: case c gives sequence c of `histories` and asks for its truth. */
export interface RankingCases {
  readonly histories: Sequences;
  /** Case c asks for `truth.items[truth.offsets[c] … truth.offsets[c + 1])`, each item once. */
  readonly truth: Pick<Sequences, 'offsets' | 'items'>;
  /** Whether items of the history are never recommended; in sessions, where people return to items, they are. */
  readonly excludeHistory: boolean;
  /** Items that can be recommended, 1 each. @default all */
  readonly candidates?: Uint8Array;
}

/** The best items of each case: case c has `items[c · depth …]`, best first, −1 where there are no more. */
export interface RankedLists {
  readonly depth: number;
  readonly items: Int32Array;
}

/** Some cases with what each scorer says of every item. */
export interface ScoredBatch {
  /** Numbers of the cases. */
  readonly cases: Int32Array;
  /** A scorer: [cases, items] row-major; −∞ for what may not be recommended. Overwritten by the next batch. */
  readonly scores: readonly Float32Array[];
  /** A scorer: its best items of these cases. */
  readonly lists: readonly RankedLists[];
}

/** All metrics are means over the cases, 0–1; definitions as in `RankingMetrics`. */
export const METRIC_NAMES = [
  'hr10',
  'ndcg10',
  'hr20',
  'recall20',
  'truncatedRecall20',
  'ndcg20',
  'mrr20',
  'truncatedRecall50',
  'ndcg100',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface RankingQuality {
  readonly metrics: Readonly<Record<MetricName, number>>;
  /** Share of the items that stand in at least one top 20. */
  readonly coverage: number;
  /** Each metric case by case, in the order of METRIC_NAMES: [names, cases]. */
  readonly byCase: readonly Float32Array[];
}

/** As deep as the deepest metric. */
export const LIST_DEPTH = 100;

export interface RankOptions {
  /** @default LIST_DEPTH */
  readonly depth?: number;
  /** Called after each batch. */
  readonly onProgress?: (fraction: number) => void;
  /** Sees each batch before it is overwritten. */
  readonly onBatch?: (batch: ScoredBatch) => void;
}

/** Scores held at once, over all scorers. */
const MAX_SCORES = 16e6;

/** The best `depth` items of every case by each scorer, all items ranked. Memory is one batch of scores and the lists. */
export async function rankCases(
  cases: RankingCases,
  scorers: readonly SequenceScorer[],
  options: RankOptions = {},
): Promise<RankedLists[]> {
  const n = cases.histories.itemCount;
  const { depth = LIST_DEPTH, onProgress, onBatch } = options;
  const count = sequenceCount(cases.histories);
  const batchSize = Math.max(1, Math.min(256, Math.floor(MAX_SCORES / n / scorers.length)));
  const lists = scorers.map((): RankedLists => ({ depth, items: new Int32Array(count * depth) }));
  const spaces = scorers.map(() => new Float32Array(Math.min(batchSize, count) * n));
  for (let first = 0; first < count; first += batchSize) {
    const rows = Int32Array.from({ length: Math.min(batchSize, count - first) }, (_, at) => first + at);
    const scores = spaces.map((space) => space.subarray(0, rows.length * n).fill(0));
    for (const [s, scorer] of scorers.entries()) {
      await scorer.score(cases.histories, rows, scores[s]!);
      withhold(cases, rows, scores[s]!);
      lists[s]!.items.set(bestOf(scores[s]!, n, depth), first * depth);
    }
    onBatch?.({
      cases: rows,
      scores,
      lists: lists.map(({ items }) => ({ depth, items: items.subarray(first * depth, (first + rows.length) * depth) })),
    });
    onProgress?.(Math.min(1, (first + batchSize) / count));
  }
  return lists;
}

/** Sets what may not be recommended to −∞. */
function withhold({ histories, excludeHistory, candidates }: RankingCases, rows: Int32Array, scores: Float32Array): void {
  const { itemCount: n, offsets, items } = histories;
  rows.forEach((row, at) => {
    if (excludeHistory) for (let event = offsets[row]!; event < offsets[row + 1]!; event++) scores[at * n + items[event]!] = -Infinity;
    if (candidates) for (let item = 0; item < n; item++) if (candidates[item] === 0) scores[at * n + item] = -Infinity;
  });
}

/** The best items of each row of scores, padded with −1. */
export function bestOf(scores: Float32Array, columns: number, depth: number): Int32Array {
  const best = new Int32Array((scores.length / columns) * depth).fill(-1);
  for (let row = 0; row * columns < scores.length; row++)
    best.set(topItems(scores.subarray(row * columns, (row + 1) * columns), depth), row * depth);
  return best;
}

/** How good lists are for their cases. Cases without a truth must not be among them. */
export function measureLists(
  { histories, truth }: Pick<RankingCases, 'histories' | 'truth'>,
  { depth, items }: RankedLists,
): RankingQuality {
  const count = truth.offsets.length - 1;
  const byCase = METRIC_NAMES.map(() => new Float32Array(count));
  const recommended = new Set<number>();
  for (let c = 0; c < count; c++) {
    const wanted = new Set(truth.items.subarray(truth.offsets[c]!, truth.offsets[c + 1]!));
    const list = items.subarray(c * depth, (c + 1) * depth);
    for (let rank = 0; rank < Math.min(20, depth); rank++) if (list[rank]! >= 0) recommended.add(list[rank]!);
    caseMetrics(list, wanted).forEach((value, metric) => (byCase[metric]![c] = value));
  }
  const metrics = Object.fromEntries(METRIC_NAMES.map((name, metric) => [name, meanOf(byCase[metric]!)])) as Record<MetricName, number>;
  return { metrics, coverage: recommended.size / Math.max(1, histories.itemCount), byCase };
}

/** In the order of METRIC_NAMES. */
function caseMetrics(list: Int32Array, wanted: ReadonlySet<number>): number[] {
  let [hits10, hits20, hits50, gain10, gain20, gain100, first] = [0, 0, 0, 0, 0, 0, 0];
  for (let rank = 1; rank <= list.length; rank++) {
    if (!wanted.has(list[rank - 1]!)) continue;
    const gain = 1 / Math.log2(rank + 1);
    if (rank <= 10) [hits10, gain10] = [hits10 + 1, gain10 + gain];
    if (rank <= 20) [hits20, gain20] = [hits20 + 1, gain20 + gain];
    if (rank <= 50) hits50++;
    if (rank <= 100) gain100 += gain;
    first ||= rank;
  }
  const size = wanted.size;
  return [
    Math.min(1, hits10),
    gain10 / idealGain(Math.min(10, size)),
    Math.min(1, hits20),
    hits20 / size,
    hits20 / Math.min(20, size),
    gain20 / idealGain(Math.min(20, size)),
    first > 0 && first <= 20 ? 1 / first : 0,
    hits50 / Math.min(50, size),
    gain100 / idealGain(Math.min(100, size)),
  ];
}

function idealGain(count: number): number {
  let gain = 0;
  for (let rank = 1; rank <= count; rank++) gain += 1 / Math.log2(rank + 1);
  return gain;
}

/**
 * Percentile bootstrap (Efron 1979) of the means of several columns over the same cases: the middle 95 % of `resamples` seeded resamples. One
 * interval a column, on the same resamples.
 */
export function bootstrapMeans(
  columns: readonly Float32Array[],
  { seed, resamples = 1000 }: { seed: number; resamples?: number },
): Interval[] {
  const random = createRandom(seed);
  const cases = columns[0]?.length ?? 0;
  const means = columns.map(() => new Float64Array(resamples));
  const drawn = new Int32Array(cases);
  for (let resample = 0; resample < resamples; resample++) {
    for (let draw = 0; draw < cases; draw++) drawn[draw] = random.integer(cases);
    columns.forEach((column, c) => {
      let sum = 0;
      for (let draw = 0; draw < cases; draw++) sum += column[drawn[draw]!]!;
      means[c]![resample] = sum / Math.max(1, cases);
    });
  }
  return means.map((of) => {
    of.sort();
    return { low: of[Math.floor(0.025 * (resamples - 1))]!, high: of[Math.ceil(0.975 * (resamples - 1))]! };
  });
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}
