import { createFeatureTable, type FeatureTable } from '../boosting/feature-table';
import { createRandom } from '../random';
import { caseFeatures, CONTEXT_FEATURES, type ItemContext } from './candidate-features';
import { fitListwiseRanker, scoreListwise, type ListwiseOptions, type ListwiseRanker } from './listwise-ranker';
import { rankCases, type RankedLists, type RankingCases, type ScoredBatch } from './rank-cases';
import type { SequenceScorer } from './sequences';

/** A model whose scores the hybrid takes. */
export interface HybridComponent {
  readonly name: string;
  readonly scorer: SequenceScorer;
}

export interface LearnedHybridOptions extends ListwiseOptions {
  /** Candidates: the union of each component's best so many. @default 60 */
  readonly perComponent?: number;
  /** Candidates of a case that are learned from: the relevant ones and a seeded part of the others. @default 60 */
  readonly learnedPerCase?: number;
}

/** Ranks the union of what its components put forward by a listwise model of their scores and ranks, popularity, recency, repeats, price. */
export interface LearnedHybrid {
  readonly ranker: ListwiseRanker;
  readonly perComponent: number;
}

/**
 * Learns on cases that the components were not fitted on (a validation part of the training data). Components must be given in the same
 * order, under the same names, when it ranks.
 */
export async function fitLearnedHybrid(
  cases: RankingCases,
  components: readonly HybridComponent[],
  context: ItemContext,
  options: LearnedHybridOptions,
): Promise<LearnedHybrid> {
  const { perComponent = 60, learnedPerCase = 60, seed } = options;
  const random = createRandom(seed);
  const collected = new TableWriter(featureNames(components));
  const relevant: number[] = [];
  await rankCases(
    cases,
    components.map(({ scorer }) => scorer),
    {
      depth: perComponent,
      onBatch: (batch) => {
        batch.cases.forEach((row, at) => {
          const truth = new Set(cases.truth.items.subarray(cases.truth.offsets[row]!, cases.truth.offsets[row + 1]!));
          const all = candidatesOf(batch, at);
          const hits = all.filter((item) => truth.has(item));
          if (hits.length === 0) return;
          const others = Int32Array.from(all.filter((item) => !truth.has(item)));
          const chosen = [...hits, ...random.shuffle(others).subarray(0, Math.max(0, learnedPerCase - hits.length))];
          collected.addList(caseFeatures({ batch, at, history: historyOf(cases, row), items: chosen, context }), chosen.length);
          chosen.forEach((item) => relevant.push(Number(truth.has(item))));
        });
      },
    },
  );
  const ranker = fitListwiseRanker({ ...collected.finish(), relevant: Uint8Array.from(relevant) }, options);
  return { ranker, perComponent };
}

/** The lists of each component and of the hybrid, in one pass over the cases; where candidates run out the first component goes on. */
export async function rankWithHybrid(
  cases: RankingCases,
  components: readonly HybridComponent[],
  {
    hybrid,
    context,
    depth,
    onProgress,
  }: { hybrid: LearnedHybrid; context: ItemContext; depth: number; onProgress?: (fraction: number) => void },
): Promise<{ readonly components: readonly RankedLists[]; readonly hybrid: RankedLists }> {
  const names = featureNames(components);
  const count = cases.histories.offsets.length - 1;
  const ranked: RankedLists = { depth, items: new Int32Array(count * depth).fill(-1) };
  const lists = await rankCases(
    cases,
    components.map(({ scorer }) => scorer),
    {
      depth: Math.max(depth, hybrid.perComponent),
      ...(onProgress && { onProgress }),
      onBatch: (batch) => {
        const writer = new TableWriter(names);
        const candidates = Array.from(batch.cases, (row, at) => {
          const items = candidatesOf(batch, at, hybrid.perComponent);
          writer.addList(caseFeatures({ batch, at, history: historyOf(cases, row), items, context }), items.length);
          return items;
        });
        const { table, offsets } = writer.finish();
        const scores = scoreListwise(hybrid.ranker, table);
        batch.cases.forEach((row, at) => {
          const own = scores.subarray(offsets[at]!, offsets[at + 1]!);
          const order = Array.from(own.keys()).sort((a, b) => own[b]! - own[a]! || a - b);
          const best = order.slice(0, depth).map((place) => candidates[at]![place]!);
          ranked.items.set(fillUp(best, batch.lists[0]!, at, depth), row * depth);
        });
      },
    },
  );
  return { components: lists.map((list) => cutLists(list, depth)), hybrid: ranked };
}

/** The union of the components' lists, in the order of rank and component. */
function candidatesOf({ lists }: ScoredBatch, at: number, perComponent = Infinity): number[] {
  const found = new Set<number>();
  const depth = Math.min(lists[0]!.depth, perComponent);
  for (let rank = 0; rank < depth; rank++) {
    for (const list of lists) {
      const item = list.items[at * list.depth + rank]!;
      if (item >= 0) found.add(item);
    }
  }
  return [...found];
}

function fillUp(best: readonly number[], list: RankedLists, at: number, depth: number): number[] {
  const filled = new Set(best);
  for (let rank = 0; rank < list.depth && filled.size < depth; rank++) {
    const item = list.items[at * list.depth + rank]!;
    if (item >= 0) filled.add(item);
  }
  return [...filled];
}

function cutLists({ depth, items }: RankedLists, to: number): RankedLists {
  if (depth === to) return { depth, items };
  const count = items.length / depth;
  const cut = new Int32Array(count * to);
  for (let c = 0; c < count; c++) cut.set(items.subarray(c * depth, c * depth + to), c * to);
  return { depth: to, items: cut };
}

function historyOf({ histories: { offsets, items } }: RankingCases, row: number): Int32Array {
  return items.subarray(offsets[row]!, offsets[row + 1]!);
}

function featureNames(components: readonly HybridComponent[]): string[] {
  return [...components.flatMap(({ name }) => [`${name}.value`, `${name}.rank`, `${name}.gap`]), ...CONTEXT_FEATURES];
}

/** Grows a feature table list by list. */
class TableWriter {
  private readonly offsets = [0];
  private columns: Float32Array[];

  constructor(private readonly names: readonly string[]) {
    this.columns = names.map(() => new Float32Array(1024));
  }

  /** `features`: a column after the other, `rows` values each. */
  addList(features: Float32Array, rows: number): void {
    const from = this.offsets.at(-1)!;
    if (from + rows > this.columns[0]!.length) {
      this.columns = this.columns.map((column) => {
        const larger = new Float32Array(2 * (from + rows));
        larger.set(column);
        return larger;
      });
    }
    this.columns.forEach((column, c) => column.set(features.subarray(c * rows, (c + 1) * rows), from));
    this.offsets.push(from + rows);
  }

  finish(): { readonly table: FeatureTable; readonly offsets: Int32Array } {
    const rows = this.offsets.at(-1)!;
    const columns = this.names.map((name, c) => ({ name, values: this.columns[c]!.subarray(0, rows) }));
    return { table: createFeatureTable(columns), offsets: Int32Array.from(this.offsets) };
  }
}
