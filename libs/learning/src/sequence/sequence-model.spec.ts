import fc from 'fast-check';
import { sequencesFrom } from '../recommend/sequences';
import { fitSequenceModel, type SequenceFitOptions } from './fit-sequence-model';
import { createItemCatalogue, toModelSequences } from './item-catalogue';
import { createSequenceBatches } from './sequence-batches';
import type { SequenceEngine, SequenceStep } from './sequence-engine';
import { sequenceModelScorer } from './sequence-model-scorer';
import { decodeSequenceRun, encodeSequenceRun } from './sequence-run-codec';

/** Counts what followed what; a checkpoint is the counts. Enough to see what it was fed. */
class CountingEngine implements SequenceEngine {
  readonly batchSize = 4;
  readonly maxLength = 3;
  readonly negatives = 0;
  readonly rates: number[] = [];
  counts: Float32Array;

  constructor(readonly itemCount: number) {
    this.counts = new Float32Array(itemCount ** 2);
  }

  step({ items, places, targets }: SequenceStep, learningRate: number): Promise<number> {
    places.forEach((place, at) => (this.counts[items[place]! * this.itemCount + targets[at]!]! += 1));
    this.rates.push(learningRate);
    return Promise.resolve(1 / this.rates.length);
  }

  score(items: Int32Array, length: number): Promise<Float32Array> {
    const rows = Array.from({ length: items.length / length }, (_, row) =>
      items
        .subarray(row * length, (row + 1) * length)
        .filter((item) => item >= 0)
        .at(-1)!,
    );
    return Promise.resolve(
      Float32Array.from(rows.flatMap((last) => Array.from(this.counts.subarray(last * this.itemCount, (last + 1) * this.itemCount)))),
    );
  }

  checkpoint(): Uint8Array {
    return new Uint8Array(this.counts.slice().buffer);
  }

  restore(checkpoint: Uint8Array): void {
    this.counts = new Float32Array(checkpoint.slice().buffer);
  }
}

const lists = fc.array(fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 12 }), { minLength: 1, maxLength: 12 });

describe('createSequenceBatches', () => {
  const engine = { batchSize: 3, maxLength: 4, negatives: 0 };

  it('predicts each event but the first of each sequence once an epoch, from the newest events before it', () => {
    fc.assert(
      fc.property(lists, fc.integer(), (all, seed) => {
        fc.pre(all.some((list) => list.length >= 2));
        // Items say where they stand, so that a target can be looked up.
        const places = all.map((list, s) => list.map((_, at) => s * 100 + at));
        const batches = createSequenceBatches(sequencesFrom(places, 2000), { engine, seed, counts: new Int32Array(2000) });
        for (const epoch of [0, 1]) {
          const seen: number[] = [];
          for (let step = 0; step < batches.stepsPerEpoch; step++) {
            const { items, places: at, targets } = batches.batch(epoch, step);
            expect(items).toHaveLength(12);
            at.forEach((place, k) => expect(items[place]! + 1).toBe(targets[k]));
            seen.push(...targets);
          }
          expect(seen).toHaveLength(batches.targets);
          expect(seen.sort((a, b) => a - b)).toEqual(places.flatMap((list) => list.slice(1)));
        }
      }),
    );
  });

  it('depends on the seed, the epoch and the step only', () => {
    const sequences = sequencesFrom(Array.from({ length: 40 }, (_, s) => [s, s + 1, s + 2]), 42); // prettier-ignore
    const options = { engine: { ...engine, negatives: 5 }, counts: new Int32Array(42).fill(2) };
    const [a, b, c] = [1, 1, 2].map((seed) => createSequenceBatches(sequences, { ...options, seed }));
    a!.batch(0, 0);
    expect(a!.batch(3, 2)).toEqual(b!.batch(3, 2));
    expect(a!.batch(3, 2)).not.toEqual(c!.batch(3, 2));
    expect(a!.batch(3, 2)).not.toEqual(a!.batch(4, 2));
  });

  it('draws negatives by frequency, and says how often each was to be expected', () => {
    const counts = Int32Array.of(0, 1, 16, 81);
    const batches = createSequenceBatches(sequencesFrom([[1, 2, 3]], 4), { engine: { ...engine, negatives: 40_000 }, seed: 7, counts, negativePower: 0.5 }); // prettier-ignore
    const { items, logExpected } = batches.batch(0, 0).negatives!;
    const drawn = [0, 1, 2, 3].map((item) => items.filter((one) => one === item).length);
    expect(drawn[0]).toBe(0);
    [1, 4, 9].forEach((weight, at) => expect(drawn[at + 1]! / 40_000).toBeCloseTo(weight / 14, 1.8));
    expect(logExpected[items.indexOf(3)]).toBeCloseTo(Math.log((40_000 * 9) / 14), 5);
  });

  it('refuses sequences with nothing to predict', () => {
    expect(() => createSequenceBatches(sequencesFrom([[1], []], 4), { engine, seed: 1, counts: new Int32Array(4) })).toThrow(RangeError);
  });
});

describe('createItemCatalogue', () => {
  it('numbers the items with enough events, and leaves the others out of sequences', () => {
    const sequences = sequencesFrom([[5, 2, 5], [7, 2], [7]], 9);
    const catalogue = createItemCatalogue(sequences, 2);
    expect(catalogue).toEqual({ items: Int32Array.of(2, 5, 7), numbers: Int32Array.of(-1, -1, 0, -1, -1, 1, -1, 2, -1), counts: Int32Array.of(2, 2, 2) }); // prettier-ignore
    expect(toModelSequences(sequencesFrom([[1, 5, 2], [1], [7]], 9), catalogue)).toEqual(sequencesFrom([[1, 0], [], [2]], 3));
    expect(() => createItemCatalogue(sequences, 3)).toThrow(RangeError);
  });
});

describe('sequenceModelScorer', () => {
  it('skips unknown items, gives them −∞, and falls back to frequency', async () => {
    const sequences = sequencesFrom([[5, 2, 5, 2, 7]], 9);
    const catalogue = createItemCatalogue(sequences);
    const engine = new CountingEngine(3);
    engine.counts.set([0, 5, 1, 4, 0, 0, 0, 0, 0]);
    const scores = new Float32Array(18);
    await sequenceModelScorer(engine, catalogue).score(sequencesFrom([[7, 2, 8], [0], [3, 3]], 9), Int32Array.of(0, 2), scores);
    const none = -Infinity;
    expect(Array.from(scores.subarray(0, 9))).toEqual([none, none, 0, none, none, 5, none, 1, none]);
    expect(Array.from(scores.subarray(9))).toEqual([none, none, Math.fround(Math.log(2)), none, none, Math.fround(Math.log(2)), none, 0, none]); // prettier-ignore
  });
});

describe('fitSequenceModel', () => {
  const train = sequencesFrom(Array.from({ length: 10 }, (_, s) => [s % 5, (s + 1) % 5, (s + 2) % 5, 6]), 8); // prettier-ignore
  const cases = { histories: sequencesFrom([[0], [1]], 8), truth: sequencesFrom([[1], [2]], 8), excludeHistory: true };
  const options = (more: Partial<SequenceFitOptions<CountingEngine>> = {}): SequenceFitOptions<CountingEngine> => ({
    createEngine: (itemCount) => Promise.resolve(new CountingEngine(itemCount)),
    seed: 1,
    maxEpochs: 6,
    ...more,
  });

  it('keeps the epoch that is best on the validation cases and ends when none is better', async () => {
    const epochs: number[] = [];
    const fitted = await fitSequenceModel(train, options({ validation: { cases, metric: 'ndcg10', patience: 2 }, onEpoch: ({ epoch }) => void epochs.push(epoch) })); // prettier-ignore
    expect(epochs).toEqual([1, 2, 3]); // the counts double, their order stays
    expect(fitted.run.bestEpoch).toBe(1);
    expect(fitted.engine.counts.reduce((a, b) => a + b)).toBe(30);
    expect(fitted.run.curve[0]!.validation).toBe(1);
  });

  it('keeps the last epoch without validation, and stops when it is told to', async () => {
    expect((await fitSequenceModel(train, options())).run.bestEpoch).toBe(6);
    expect((await fitSequenceModel(train, options({ shouldStop: () => true }))).run.bestEpoch).toBe(1);
  });

  it('warms up, then lets the rate fall along a half cosine', async () => {
    const { engine } = await fitSequenceModel(train, options({ maxEpochs: 4, learningRate: 0.1, warmUpSteps: 4, finalRateRatio: 0 }));
    const [first, second] = engine.rates;
    expect([first, second]).toEqual([0.025, 0.05]);
    expect(engine.rates[4]).toBeCloseTo(0.1);
    expect(engine.rates.at(-1)).toBeLessThan(0.01);
    expect(engine.rates.slice(4)).toEqual([...engine.rates.slice(4)].sort((a, b) => b - a));
  });

  it('goes on from a saved run as if it had not stopped', async () => {
    const whole = await fitSequenceModel(train, options({ validation: { cases, metric: 'mrr20' } }));
    const saved: Uint8Array[] = [];
    await fitSequenceModel(train, options({ validation: { cases, metric: 'mrr20' }, shouldStop: () => saved.length === 2, onEpoch: (_, run) => void saved.push(encodeSequenceRun(run, 'a')) })); // prettier-ignore
    const resumed = await fitSequenceModel(train, options({ validation: { cases, metric: 'mrr20' }, resume: decodeSequenceRun(saved[1]!, 'a') })); // prettier-ignore
    expect(resumed.run.latest).toEqual(whole.run.latest);
    expect(resumed.run.best).toEqual(whole.run.best);
    expect(resumed.run.curve).toHaveLength(6);
  });
});

describe('encodeSequenceRun', () => {
  const run = { curve: [{ epoch: 1, loss: 2, validation: 0.5 }], bestEpoch: 1, latest: Uint8Array.of(1, 10, 3), best: Uint8Array.of(4) };

  it('comes back as it was', () => {
    expect(decodeSequenceRun(encodeSequenceRun(run, 'x'), 'x')).toEqual(run);
    const same = { ...run, best: run.latest };
    expect(decodeSequenceRun(encodeSequenceRun(same, 'x'), 'x')).toEqual(same);
  });

  it('refuses other runs, parts of runs and other bytes', () => {
    const bytes = encodeSequenceRun(run, 'x');
    expect(() => decodeSequenceRun(bytes, 'y')).toThrow('the saved run is of x, not of y');
    expect(() => decodeSequenceRun(bytes.subarray(0, -1), 'x')).toThrow('not whole');
    expect(() => decodeSequenceRun(Uint8Array.of(255, 10, 1), 'x')).toThrow('no saved run');
  });
});
