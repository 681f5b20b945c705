import fc from 'fast-check';
import { itemItemScorer } from './sequence-scorers';
import { eachRecent, sequencesFrom, sliceSequences, toItemMatrix, toSequences } from './sequences';

const lists = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }), { minLength: 1, maxLength: 6 });

describe('sequences', () => {
  it('orders each user’s events by time, equal times by the log’s order', () => {
    const { offsets, items, timesMs } = toSequences({
      users: Int32Array.of(1, 0, 1, 1),
      items: Int32Array.of(7, 1, 3, 2),
      timesMs: Float64Array.of(20, 5, 10, 20),
      weights: Float64Array.of(1, 1, 1, 1),
      userCount: 2,
      itemCount: 8,
    });
    expect([[...offsets], [...items], [...timesMs!]]).toEqual([[0, 1, 4], [1, 3, 7, 2], [5, 10, 20, 20]]); // prettier-ignore
  });

  it('visits each different item once, newest first, and the matrix has the same items', () => {
    fc.assert(
      fc.property(lists, (all) => {
        const sequences = sequencesFrom(all, 6);
        const { offsets, indices } = toItemMatrix(sequences);
        all.forEach((list, s) => {
          const visited: number[] = [];
          eachRecent(sequences, s, 1000, (item, at, back) => {
            visited.push(item);
            expect(sequences.items[at]).toBe(item);
            expect(list[list.length - 1 - back]).toBe(item);
          });
          expect(visited).toEqual([...new Set(list.toReversed())]);
          expect([...indices.subarray(offsets[s]!, offsets[s + 1]!)]).toEqual([...new Set(list)].sort());
        });
      }),
    );
  });

  it('slices', () => {
    const sliced = sliceSequences(sequencesFrom([[0, 1, 2], [3, 4]], 5), [{ sequence: 1, from: 1, to: 2 }, { sequence: 0, from: 0, to: 2 }]); // prettier-ignore
    expect([[...sliced.offsets], [...sliced.items]]).toEqual([[0, 1, 3], [4, 0, 1]]); // prettier-ignore
  });

  it('scores fade with the steps back', async () => {
    const scorer = itemItemScorer({ items: 2, data: Float32Array.of(1, 10, 100, 1000) }, { fadeSteps: 1 });
    const scores = new Float32Array(2);
    await scorer.score(sequencesFrom([[0, 1]], 2), Int32Array.of(0), scores);
    expect(scores[0]).toBeCloseTo(100 + Math.exp(-1), 4);
    expect(scores[1]).toBeCloseTo(1000 + 10 * Math.exp(-1), 3);
  });
});
