import fc from 'fast-check';
import { createFeatureTable } from '../boosting/feature-table';
import { createRandom } from '../random';
import { madeUpSequences } from '../../test/made-up-sequences';
import { toItemMatrix, sequenceCount, sliceSequences, type Sequences } from './sequences';
import { describeItems } from './candidate-features';
import { fitLearnedHybrid, rankWithHybrid } from './learned-hybrid';
import { fitListwiseRanker, listwiseLoss, scoreListwise, type RankingLists } from './listwise-ranker';
import { bootstrapMeans, measureLists, rankCases, type RankingCases } from './rank-cases';
import { evaluateRanking } from '../ranking-metrics';
import { fitSessionKnn } from './session-knn';
import { fixedScorer } from './sequence-scorers';
import { fitPopularity } from './trending';
import { fitTransitions } from './transitions';

function lastItems(sequences: Sequences): RankingCases {
  const slices = Array.from({ length: sequenceCount(sequences) }, (_, sequence) => ({ sequence, length: sequences.offsets[sequence + 1]! - sequences.offsets[sequence]! })); // prettier-ignore
  return {
    histories: sliceSequences(sequences, slices.map(({ sequence, length }) => ({ sequence, from: 0, to: length - 1 }))), // prettier-ignore
    truth: sliceSequences(sequences, slices.map(({ sequence, length }) => ({ sequence, from: length - 1, to: length }))), // prettier-ignore
    excludeHistory: false,
  };
}

describe('ranking of cases', () => {
  it('measures as evaluateRanking does', async () => {
    const random = createRandom(4);
    const [train, heldOut] = [madeUpSequences(60, 40, 1), madeUpSequences(60, 40, 2)];
    const truth = toItemMatrix(heldOut);
    const table = Float32Array.from({ length: 60 * 40 }, () => random.integer(15));
    const scorer = { score: (_: Sequences, rows: Int32Array, scores: Float32Array) => rows.forEach((row, at) => scores.set(table.subarray(row * 40, row * 40 + 40), at * 40)) }; // prettier-ignore
    const cases = { histories: train, truth: { offsets: truth.offsets, items: truth.indices }, excludeHistory: true };
    const [lists] = await rankCases(cases, [scorer]);
    const { metrics, coverage } = measureLists(cases, lists!);
    const score = (users: Int32Array, scores: Float32Array): void => scorer.score(train, users, scores);
    const [at10, at20] = evaluateRanking({ train: toItemMatrix(train), heldOut: truth, score, cutoffs: [10, 20] }).at;
    expect(metrics.hr10).toBeCloseTo(at10!.hitRate, 6);
    expect(metrics.ndcg10).toBeCloseTo(at10!.ndcg, 6);
    expect(
      [metrics.hr20, metrics.recall20, metrics.truncatedRecall20, metrics.ndcg20, metrics.mrr20].map((value) => value.toFixed(5)),
    ).toEqual([at20!.hitRate, at20!.recall, at20!.truncatedRecall, at20!.ndcg, at20!.mrr].map((value) => value.toFixed(5)));
    expect(coverage).toBeCloseTo(at20!.coverage, 6);
  });

  it('leaves out the history, and what is no candidate', async () => {
    const cases = { ...lastItems(madeUpSequences(10, 12, 3)), excludeHistory: true, candidates: new Uint8Array(12).fill(1, 0, 9) };
    const [{ items, depth } = { items: [], depth: 1 }] = await rankCases(cases, [fixedScorer(new Float32Array(12))], { depth: 12 });
    for (let c = 0; c < 10; c++) {
      const own = [...items.slice(c * depth, (c + 1) * depth)].filter((item) => item >= 0);
      const history = cases.histories.items.subarray(cases.histories.offsets[c]!, cases.histories.offsets[c + 1]!);
      expect(own).toEqual(Array.from({ length: 9 }, (_, item) => item).filter((item) => !history.includes(item)));
    }
  });

  it('the bootstrap interval holds the mean and narrows with the cases', () => {
    const random = createRandom(9);
    const values = Float32Array.from({ length: 4000 }, () => random.uniform());
    const [few, many] = [
      bootstrapMeans([values.subarray(0, 100)], { seed: 1, resamples: 300 })[0]!,
      bootstrapMeans([values], { seed: 1, resamples: 300 })[0]!,
    ];
    expect(many.low).toBeLessThan(0.5);
    expect(many.high).toBeGreaterThan(0.5);
    expect(many.high - many.low).toBeCloseTo((2 * 1.96 * Math.sqrt(1 / 12)) / Math.sqrt(4000), 2);
    expect(few.high - few.low).toBeGreaterThan(3 * (many.high - many.low));
  });
});

describe('the listwise ranker', () => {
  it('has the gradient of its loss, by finite differences', () => {
    const group = fc.integer({ min: 2, max: 6 });
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 99 }), (sizes, seed) => {
        const random = createRandom(seed);
        const lists = madeUpLists(sizes, seed);
        const chosen = Int32Array.from(sizes.keys());
        const scores = Float64Array.from({ length: lists.relevant.length }, random.normal);
        const into = { gradients: new Float64Array(scores.length), hessians: new Float64Array(scores.length) };
        const spare = { gradients: new Float64Array(scores.length), hessians: new Float64Array(scores.length) };
        listwiseLoss(lists, chosen, scores, into);
        scores.forEach((score, at) => {
          const moved = (by: number): number => listwiseLoss(lists, chosen, scores.with(at, score + by), spare);
          expect(into.gradients[at]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 6);
          expect(into.hessians[at]).toBeCloseTo((moved(1e-3) - 2 * moved(0) + moved(-1e-3)) / 1e-6, 4);
        });
      }),
    );
  });

  it('finds what makes an item relevant, with trees also where that is not linear; the same for a seed', () => {
    const lists = madeUpLists(new Array<number>(300).fill(10), 3);
    const model = fitListwiseRanker(lists, { seed: 1, minRowsPerLeaf: 20, maxTrees: 60 });
    const hits = (scores: Float64Array): number => {
      let count = 0;
      for (let list = 0; list < 300; list++) {
        const own = scores.subarray(list * 10, list * 10 + 10);
        count += lists.relevant[list * 10 + own.indexOf(Math.max(...own))]!;
      }
      return count / 300;
    };
    const linear = hits(scoreListwise({ ...model, trees: [] }, lists.table));
    expect(linear).toBeGreaterThan(0.3);
    expect(hits(scoreListwise(model, lists.table))).toBeGreaterThan(linear + 0.1);
    expect(model.validation.boosted).toBeLessThan(model.validation.linear);
    expect(fitListwiseRanker(lists, { seed: 1, minRowsPerLeaf: 20, maxTrees: 60 })).toEqual(model);
    expect(fitListwiseRanker(lists, { seed: 1, maxTrees: 0 }).trees).toHaveLength(0);
  });

  it('refuses lists without anything relevant', () => {
    const lists = madeUpLists([3], 1);
    expect(() => fitListwiseRanker({ ...lists, relevant: new Uint8Array(3) }, { seed: 1 })).toThrow('no list has anything relevant');
  });
});

describe('the learned hybrid', () => {
  it('beats each of its components on cases that nobody learned from', async () => {
    const train = madeUpSequences(800, 60, 11);
    const components = [
      { name: 'popularity', scorer: fitPopularity(train) },
      { name: 'transitions', scorer: fitTransitions(train, { reach: 3 }) },
      { name: 'knn', scorer: fitSessionKnn(train) },
    ];
    const context = describeItems(train);
    const hybrid = await fitLearnedHybrid(lastItems(madeUpSequences(800, 60, 12)), components, context, {
      seed: 1,
      minRowsPerLeaf: 50,
      maxTrees: 30,
    });
    const test = lastItems(madeUpSequences(800, 60, 13));
    const ranked = await rankWithHybrid(test, components, { hybrid, context, depth: 20 });
    const mrr = (lists: (typeof ranked)['hybrid']): number => measureLists(test, lists).metrics.mrr20;
    const singles = ranked.components.map(mrr);
    expect(mrr(ranked.hybrid)).toBeGreaterThan(Math.max(...singles));
    expect(ranked.hybrid.items.length).toBe(800 * 20);
    const own = ranked.hybrid.items.subarray(0, 20);
    expect(new Set(own).size).toBe(20);
  });
});

/** One relevant row a list: the one with the highest a + 2·|b| + noise. */
function madeUpLists(sizes: readonly number[], seed: number): RankingLists {
  const random = createRandom(seed);
  const offsets = new Int32Array(sizes.length + 1);
  sizes.forEach((size, list) => (offsets[list + 1] = offsets[list]! + size));
  const rows = offsets[sizes.length]!;
  const [a, b] = [Float32Array.from({ length: rows }, random.normal), Float32Array.from({ length: rows }, random.normal)];
  const relevant = new Uint8Array(rows);
  sizes.forEach((size, list) => {
    const worth = Array.from(
      { length: size },
      (_, at) => a[offsets[list]! + at]! + 2 * Math.abs(b[offsets[list]! + at]!) + 0.3 * random.normal(),
    );
    relevant[offsets[list]! + worth.indexOf(Math.max(...worth))] = 1;
  });
  return { table: createFeatureTable([{ name: 'a', values: a }, { name: 'b', values: b }]), offsets, relevant }; // prettier-ignore
}
