import fc from 'fast-check';
import type { SparseMatrix } from './interactions';
import { evaluateRanking, rankingMetrics, topItems } from './ranking-metrics';
import { createRandom } from './random';
import { constantScorer } from './scorers';

describe('ranking metrics', () => {
  it('agree with values worked by hand', () => {
    const truth = new Set([3, 7, 9]);
    const metrics = rankingMetrics([3, 1, 7, 2, 4], truth, 5, 10);
    expect(metrics.recall).toBeCloseTo(2 / 3, 12);
    expect(metrics.ndcg).toBeCloseTo((1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3) + 1 / Math.log2(4)), 12); // 1.5 / 2.1309
    expect(metrics).toMatchObject({ hitRate: 1, mrr: 1, coverage: 0.5 });
    expect(rankingMetrics([1, 3], truth, 2, 10)).toMatchObject({ recall: 1 / 3, truncatedRecall: 1 / 2, mrr: 1 / 2 });
    expect(rankingMetrics([1, 2], truth, 2, 10)).toMatchObject({ recall: 0, ndcg: 0, hitRate: 0, mrr: 0 });
  });

  it('lie in 0–1, are 1 for the ideal list and ordered as their formulas are', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(30), { maxLength: 31 }),
        fc.uniqueArray(fc.nat(30), { minLength: 1 }),
        fc.integer({ min: 1, max: 12 }),
        (list, truth, k) => {
          const m = rankingMetrics(list, new Set(truth), k, 31);
          for (const value of [m.recall, m.truncatedRecall, m.ndcg, m.hitRate, m.mrr, m.coverage]) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1 + 1e-12);
          }
          expect(m.recall).toBeLessThanOrEqual(m.truncatedRecall);
          expect(m.mrr).toBeLessThanOrEqual(m.hitRate);
          const ideal = rankingMetrics(truth, new Set(truth), k, 31);
          expect([ideal.truncatedRecall, ideal.ndcg, ideal.mrr]).toEqual([1, 1, 1]);
        },
      ),
    );
  });

  it('topItems equals a full stable sort', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(-Infinity), fc.constant(Number.NaN))),
        fc.integer({ min: 1, max: 9 }),
        (values, count) => {
          const ranked = values.map((_, item) => item).filter((item) => values[item]! > -Infinity);
          ranked.sort((a, b) => values[b]! - values[a]!);
          expect([...topItems(Float32Array.from(values), count)]).toEqual(ranked.slice(0, count));
        },
      ),
    );
  });
});

describe('evaluateRanking', () => {
  it('leaves train items out, measures only users with held-out items, and does not depend on the batch size', () => {
    const random = createRandom(4);
    const draw = (rows: number, columns: number, per: number) =>
      Array.from({ length: rows }, () => [...random.choice(columns, random.integer(per))]);
    const [train, later] = [draw(50, 30, 8), draw(50, 30, 5)];
    const heldOut = later.map((items, user) => items.filter((item) => !train[user]!.includes(item)));
    const itemScores = Float32Array.from({ length: 30 }, random.uniform);
    const evaluate = (batchSize: number) =>
      evaluateRanking({ train: csr(train, 30), heldOut: csr(heldOut, 30), score: constantScorer(itemScores), cutoffs: [5, 10], batchSize });
    const report = evaluate(256);
    expect(evaluate(1)).toEqual(report);
    expect(evaluate(7)).toEqual(report);
    expect(report.users).toBe(heldOut.filter((items) => items.length > 0).length);
    const lists = train.map((own) => [...topItems(itemScores.map((score, item) => (own.includes(item) ? -Infinity : score)), 5)]); // prettier-ignore
    const recalls = heldOut.flatMap((items, user) =>
      items.length === 0 ? [] : [items.filter((item) => lists[user]!.includes(item)).length / items.length],
    );
    expect(report.at[0]!.recall).toBeCloseTo(recalls.reduce((a, b) => a + b) / recalls.length, 12);
    expect(report.at.map(({ k }) => k)).toEqual([5, 10]);
  });
});

function csr(rows: number[][], columns: number): SparseMatrix {
  const indices = Int32Array.from(rows.flatMap((row) => row.toSorted((a, b) => a - b)));
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, at) => (offsets[at + 1] = offsets[at]! + row.length));
  return { rows: rows.length, columns, offsets, indices, values: new Float32Array(indices.length).fill(1) };
}
