import fc from 'fast-check';
import { madeUpSequences } from '../../test/made-up-sequences';
import { fitSessionKnn, type SessionKnnOptions } from './session-knn';
import { sequencesFrom } from './sequences';

const session = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 8 });
const settings = fc.record({
  fadeSteps: fc.constantFrom(1, 3, Infinity),
  fadeAge: fc.constantFrom(0.3, Infinity),
  fadeDistance: fc.constantFrom(1, 2, Infinity),
  fadeAnchor: fc.constantFrom(2, Infinity),
  before: fc.constantFrom(0.3, 1),
  idf: fc.constantFrom(0, 1, 2),
  lengthPower: fc.constantFrom(0, 0.5),
  repeat: fc.constantFrom(0.2, 1),
});

describe('session kNN', () => {
  it('gives what the formulas give, computed over all pairs of sessions', () => {
    fc.assert(
      fc.property(fc.array(session, { minLength: 2, maxLength: 12 }), session, settings, (train, present, options) => {
        const scores = new Float32Array(8);
        void fitSessionKnn(sequencesFrom(train, 8), options).score(sequencesFrom([present], 8), Int32Array.of(0), scores);
        naive(train, present, options).forEach((value, item) => expect(scores[item]).toBeCloseTo(value, 4));
      }),
    );
  });

  it('keeps the nearest and the newest', async () => {
    const train = sequencesFrom([[0, 1], [0, 2], [0, 1, 3], [0, 4]], 5); // prettier-ignore
    const ask = async (options: SessionKnnOptions, items: number[]): Promise<number[]> => {
      const scores = new Float32Array(5);
      await fitSessionKnn(train, { fadeDistance: Infinity, lengthPower: 0, ...options }).score(
        sequencesFrom([items], 5),
        Int32Array.of(0),
        scores,
      );
      return [...scores.map(Math.sign)];
    };
    expect(await ask({ sampleSize: 1 }, [0])).toEqual([1, 0, 0, 0, 1]);
    expect(await ask({ neighbours: 1, fadeSteps: Infinity }, [3, 1])).toEqual([1, 1, 0, 1, 0]);
  });

  it('takes as many neighbours as it is told, whatever their similarities are', () => {
    const ages = fc.constantFrom(0.1, 0.5, Infinity);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 45 }), ages, (sessions, neighbours, fadeAge) => {
        // Each session has the asked item and one of its own, so that the votes can be counted.
        const train = sequencesFrom(Array.from({ length: sessions }, (_, s) => [0, s + 1]), sessions + 1); // prettier-ignore
        const scores = new Float32Array(sessions + 1);
        void fitSessionKnn(train, { neighbours, fadeAge }).score(sequencesFrom([[0]], sessions + 1), Int32Array.of(0), scores);
        const voted = [...scores.subarray(1)].flatMap((score, s) => (score > 0 ? [s] : []));
        const expected = fadeAge === Infinity ? sessions : Math.min(neighbours, sessions);
        expect(voted).toEqual(Array.from({ length: expected }, (_, at) => sessions - expected + at));
      }),
    );
  });

  it('answers the same after other sessions: nothing of one prediction stays', async () => {
    const train = madeUpSequences(200, 30, 1);
    const asked = madeUpSequences(20, 30, 2);
    const model = fitSessionKnn(train);
    const all = new Float32Array(20 * 30);
    await model.score(asked, Int32Array.from({ length: 20 }, (_, at) => at), all); // prettier-ignore
    for (const at of [19, 3, 0]) {
      const one = new Float32Array(30);
      await model.score(asked, Int32Array.of(at), one);
      expect(one).toEqual(all.slice(at * 30, (at + 1) * 30));
    }
  });
});

function naive(
  train: number[][],
  present: number[],
  o: Required<Omit<SessionKnnOptions, 'neighbours' | 'sampleSize' | 'historyLimit'>>,
): number[] {
  const scores = new Array<number>(8).fill(0);
  const fade = (x: number, scale: number): number => (scale === Infinity ? 1 : Math.exp(-x / scale));
  const back = (item: number): number => present.length - 1 - present.lastIndexOf(item);
  train.forEach((own, s) => {
    const shared = [...new Set(present)].filter((item) => own.includes(item)).sort((a, b) => back(a) - back(b));
    if (shared.length === 0) return;
    const age = fade((train.length - 1 - s) / (train.length - 1), o.fadeAge);
    const similarity = (shared.reduce((sum, item) => sum + fade(back(item), o.fadeSteps), 0) * age) / own.length ** o.lengthPower;
    const anchor = own.lastIndexOf(shared[0]!);
    for (const item of new Set(own)) {
      const at = own.lastIndexOf(item);
      const withItem = train.filter((other) => other.includes(item)).length;
      const idf = o.idf === 0 ? 1 : Math.log(Math.max(Math.E, train.length / withItem)) ** o.idf;
      const side = at < anchor ? o.before : 1;
      scores[item]! += similarity * fade(back(shared[0]!), o.fadeAnchor) * side * fade(Math.abs(at - anchor), o.fadeDistance) * idf;
    }
  });
  return scores.map((score, item) => score * (present.includes(item) ? o.repeat : 1));
}
