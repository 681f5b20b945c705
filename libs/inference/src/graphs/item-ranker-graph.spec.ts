import fc from 'fast-check';
import { loadGraph } from '../../test/load-graph';
import { fromFloat16, toFloat16 } from '../onnx/float16';
import { buildItemRankerGraph, type ItemRankerModel } from './item-ranker-graph';
import { decodeRankings, encodeRankRequests, type RankRequest, type RankedItemScore } from './item-ranker-io';

const real = (limit: number): fc.Arbitrary<number> => fc.double({ min: -limit, max: limit, noNaN: true }).map(Math.fround);

const cases = fc.integer({ min: 1, max: 12 }).chain((itemCount) => {
  const item = fc.integer({ min: 0, max: itemCount - 1 });
  const exactly = (length: number, limit: number): fc.Arbitrary<Float32Array> =>
    fc.array(real(limit), { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));
  const request = fc
    .record({ entries: fc.array(fc.tuple(item, real(2)), { maxLength: 8 }), exclude: fc.array(item, { maxLength: 4 }) })
    .map(({ entries, exclude }): RankRequest => ({ history: entries.map(([i]) => i), weights: entries.map(([, w]) => w), exclude }));
  return fc.record({
    model: fc.record({
      itemCount: fc.constant(itemCount),
      weights: exactly(itemCount ** 2, 1),
      popularity: exactly(itemCount, 1),
      popularityWeight: real(0.5),
      precision: fc.constantFrom('float16', 'float32'),
    }) as fc.Arbitrary<ItemRankerModel>,
    requests: fc.array(request, { minLength: 1, maxLength: 6 }),
    k: fc.integer({ min: 1, max: 15 }),
  });
});

/** The formulas in double precision; scores of items that may be listed, by item. */
function expectedScores(model: ItemRankerModel, { history, weights, exclude = [] }: RankRequest): Map<number, number> {
  const b = model.precision === 'float32' ? model.weights : fromFloat16(toFloat16(model.weights));
  const scores = new Map<number, number>();
  for (let j = 0; j < model.itemCount; j++) {
    if (history.includes(j) || exclude.includes(j)) continue;
    const collaborative = history.reduce((total, i, entry) => total + weights[entry]! * b[i * model.itemCount + j]!, 0);
    scores.set(j, collaborative + model.popularityWeight * model.popularity[j]!);
  }
  return scores;
}

async function withRanker<T>(
  model: ItemRankerModel,
  use: (rank: (requests: RankRequest[], k: number) => Promise<RankedItemScore[][]>) => Promise<T>,
): Promise<T> {
  const loaded = await loadGraph(buildItemRankerGraph(model));
  try {
    return await use(async (requests, k) => {
      const outputs = await loaded.run(encodeRankRequests(requests, { k, itemCount: model.itemCount }));
      return decodeRankings(requests, outputs);
    });
  } finally {
    await loaded.close();
  }
}

describe('buildItemRankerGraph', () => {
  it('computes what its formulas say, with reasons that add up', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ model, requests, k }) => {
        const lists = await withRanker(model, (rank) => rank(requests, k));
        requests.forEach((request, row) => {
          const expected = expectedScores(model, request);
          const list = lists[row]!;
          expect(list).toHaveLength(Math.min(k, expected.size));
          const best = Array.from(expected.values()).sort((a, b) => b - a);
          list.forEach(({ item, score, prior, contributions }, place) => {
            expect(score).toBeCloseTo(expected.get(item)!, 4);
            expect(score).toBeCloseTo(best[place]!, 4);
            expect(contributions).toHaveLength(request.history.length);
            expect(prior).toBeCloseTo(model.popularityWeight * model.popularity[item]!, 5);
            expect(score).toBeCloseTo(
              contributions.reduce((total, part) => total + part, prior),
              4,
            );
          });
          expect(new Set(list.map(({ item }) => item)).size).toBe(list.length);
        });
      }),
      { numRuns: 80 },
    );
  });

  it('gives a batch of one the row of a batch of n', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ model, requests, k }) => {
        const [together, alone] = await withRanker(model, async (rank) => [
          await rank(requests, k),
          (await Promise.all(requests.map((request) => rank([request], k)))).flat(),
        ]);
        // Not to the bit: the history's padding follows the batch, and with its length the order of a sum.
        alone!.forEach((list, row) => list.forEach(({ score }, place) => expect(score).toBeCloseTo(together![row]![place]!.score, 5)));
        expect(alone!.map((list) => list.length)).toEqual(together!.map((list) => list.length));
      }),
      { numRuns: 40 },
    );
  });

  it('ranks by popularity alone without a history, ties by item', async () => {
    const model = { itemCount: 4, weights: new Float32Array(16), popularity: Float32Array.of(1, 3, 3, 2), popularityWeight: 2 };
    const [list] = await withRanker(model, (rank) => rank([{ history: [], weights: [] }], 3));
    expect(list).toMatchObject([
      { item: 1, score: 6, prior: 6 },
      { item: 2, score: 6, prior: 6 },
      { item: 3, score: 4, prior: 4 },
    ]);
  });

  it('halves the file with float16', () => {
    const model = { itemCount: 100, weights: new Float32Array(10_000), popularity: new Float32Array(100), popularityWeight: 0 };
    const bytes = (precision: 'float16' | 'float32'): number => buildItemRankerGraph({ ...model, precision }).bytes.length;
    expect(bytes('float16') / bytes('float32')).toBeLessThan(0.55);
  });

  it.each([
    [{ itemCount: 0 }, 'takes 1 to 32000 items, got 0'],
    [{ weights: new Float32Array(3) }, '2 items need 4 weights, got 3'],
    [{ popularity: new Float32Array(3) }, '2 items need as many popularities, got 3'],
    [{ weights: Float32Array.of(0, NaN, 0, 0) }, 'a weight is not finite'],
    [{ weights: Float32Array.of(0, 70_000, 0, 0) }, 'too large for its precision'],
    [{ popularityWeight: Infinity, popularity: Float32Array.of(1, 1) }, 'a popularity is not finite'],
  ])('refuses numbers that make no model (%#)', (change, message) => {
    const model = { itemCount: 2, weights: new Float32Array(4), popularity: new Float32Array(2), popularityWeight: 1 };
    expect(() => buildItemRankerGraph({ ...model, ...change })).toThrow(message);
  });
});

describe('encodeRankRequests', () => {
  const request = { history: [1, 0], weights: [1, 0.5] };

  it('pads rows to the longest', () => {
    const inputs = encodeRankRequests([request, { history: [], weights: [], exclude: [1] }], { k: 5, itemCount: 2 });
    expect(inputs).toMatchObject({ history: { shape: [2, 2] }, weights: { shape: [2, 2] }, exclude: { shape: [2, 1] }, k: { shape: [1] } });
    expect(Array.from(inputs['history']!.data as BigInt64Array)).toEqual([1n, 0n, -1n, -1n]);
    expect(Array.from(inputs['weights']!.data as Float32Array)).toEqual([1, 0.5, 0, 0]);
    expect(Array.from(inputs['exclude']!.data as BigInt64Array)).toEqual([-1n, 1n]);
  });

  it.each([
    [[], 5, 'no request'],
    [[request], 0, 'k must be 1 or more'],
    [[{ history: [2], weights: [1] }], 5, "item 2 is not one of the model's 2"],
    [[{ history: [], weights: [], exclude: [-1] }], 5, 'item -1'],
    [[{ history: [1], weights: [] }], 5, '1 history items need as many weights, got 0'],
    [[{ history: [1], weights: [NaN] }], 5, 'not finite'],
  ])('refuses what the graph would misread (%#)', (requests, k, message) => {
    expect(() => encodeRankRequests(requests, { k, itemCount: 2 })).toThrow(message);
  });
});
