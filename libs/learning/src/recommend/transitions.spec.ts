import fc from 'fast-check';
import { sequencesFrom } from './sequences';
import { fitTransitions } from './transitions';

describe('sequential rules', () => {
  it('count every ordered pair within reach, by distance', () => {
    const lists = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 }), { minLength: 1, maxLength: 6 });
    const options = fc.record({
      reach: fc.integer({ min: 1, max: 4 }),
      backward: fc.constantFrom(0, 0.5),
      shrinkage: fc.constantFrom(0, 2),
    });
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 4 }), options, (train, from, { reach, backward, shrinkage }) => {
        const sums = new Array<number>(5).fill(0);
        for (const list of train) {
          list.forEach((a, i) => {
            list.forEach((b, j) => {
              const distance = Math.abs(i - j);
              if (a === from && distance > 0 && distance <= reach) sums[b]! += (j > i ? 1 : backward) / distance;
            });
          });
        }
        const total = sums.reduce((a, b) => a + b, 0) + shrinkage;
        const scores = new Float32Array(5);
        void fitTransitions(sequencesFrom(train, 5), { reach, backward, shrinkage }).score(
          sequencesFrom([[from]], 5),
          Int32Array.of(0),
          scores,
        );
        sums.forEach((sum, item) => expect(scores[item]).toBeCloseTo(sum === 0 ? 0 : sum / total, 5));
      }),
    );
  });
});
