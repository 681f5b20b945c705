import { createSequenceEngine, type OnnxSequenceEngine, type SequenceEngineOptions, type SequenceStep } from './sequence-engine';
import { uniformAt } from '../training/counter-random';

const ITEMS = 20;
const BASE = { itemCount: ITEMS, batchSize: 16, seed: 5, dropoutRate: 0.1, loss: { kind: 'softmax' } } as const;
const CASES: readonly (readonly [string, SequenceEngineOptions])[] = [
  ['self-attention', { ...BASE, network: { kind: 'selfAttention', width: 16, maxLength: 6, blocks: 1 } }],
  [
    'self-attention, sampled',
    { ...BASE, network: { kind: 'selfAttention', width: 16, maxLength: 6 }, loss: { kind: 'sampledSoftmax', negatives: 8 } },
  ],
  [
    'self-attention, gbce',
    {
      ...BASE,
      network: { kind: 'selfAttention', width: 16, maxLength: 6, heads: 2 },
      loss: { kind: 'gbce', negatives: 15, calibration: 0.5 },
    },
  ],
  ['recurrent', { ...BASE, network: { kind: 'recurrent', width: 16, maxLength: 6 }, adam: { weightDecay: 0.01, clipNorm: 1 } }],
];

/** The next item is seven further on: 0, 7, 14, 1, … */
function toyStep({ batchSize, maxLength, negatives }: OnnxSequenceEngine, number: number): SequenceStep {
  const items = new Int32Array(batchSize * maxLength).fill(-1);
  const [places, targets]: [number[], number[]] = [[], []];
  for (let row = 0; row < batchSize; row++) {
    const first = Math.floor(uniformAt(number, row) * ITEMS);
    const length = 2 + (row % (maxLength - 1));
    for (let at = 0; at < length; at++) {
      items[row * maxLength + at] = (first + 7 * at) % ITEMS;
      places.push(row * maxLength + at);
      targets.push((first + 7 * at + 7) % ITEMS);
    }
  }
  const drawn = Int32Array.from({ length: negatives }, (_, at) => Math.floor(uniformAt(number, 1000 + at) * ITEMS));
  const logExpected = new Float32Array(negatives).fill(Math.log(negatives / ITEMS));
  return {
    items,
    places: Int32Array.from(places),
    targets: Int32Array.from(targets),
    ...(negatives > 0 && { negatives: { items: drawn, logExpected } }),
  };
}

async function train(engine: OnnxSequenceEngine, from: number, to: number): Promise<number> {
  let loss = Infinity;
  for (let number = from; number < to; number++) loss = await engine.step(toyStep(engine, number), 0.02);
  return loss;
}

describe.each(CASES)('createSequenceEngine: %s', (_, options) => {
  it('learns what comes next', async () => {
    const engine = await createSequenceEngine(options);
    await train(engine, 0, 200);
    const scores = await engine.score(Int32Array.of(3, 10, -1, 12, 19, 6), 3);
    const best = [0, 1].map((row) => bestOf(scores.subarray(row * ITEMS, (row + 1) * ITEMS)));
    expect(best).toEqual([17, 13]);
    await engine.close();
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const [through, first, second] = await Promise.all([options, options, options].map(createSequenceEngine));
    await train(through!, 0, 12);
    await train(first!, 0, 5);
    const saved = first!.checkpoint();
    await train(first!, 5, 6); // what is saved does not change with the run
    second!.restore(Buffer.concat([Buffer.from('x'), saved]).subarray(1)); // as read from a file, anywhere in memory
    await train(second!, 5, 12);
    expect(second!.steps).toBe(12);
    expect(Buffer.from(second!.checkpoint()).equals(Buffer.from(through!.checkpoint()))).toBe(true);
    await Promise.all([through!.close(), first!.close(), second!.close()]);
  });
});

describe('createSequenceEngine', () => {
  const [, options] = CASES[0]!;

  it('keeps its state when a step fails or diverges', async () => {
    const engine = await createSequenceEngine(options);
    await train(engine, 0, 3);
    const before = engine.checkpoint();
    const broken = { ...toyStep(engine, 3), targets: toyStep(engine, 3).targets.fill(ITEMS) };
    await expect(engine.step(broken, 0.01)).rejects.toThrow(); // an item that there is not
    expect(Buffer.from(engine.checkpoint()).equals(Buffer.from(before))).toBe(true);
    await engine.step(toyStep(engine, 3), NaN); // its loss is that of the weights before it
    await expect(engine.step(toyStep(engine, 4), 0.01)).rejects.toThrow('the loss of step 5 is NaN: lower the learning rate');
    expect(engine.steps).toBe(4);
    await engine.close();
  });

  it('refuses a damaged checkpoint and one of another model', async () => {
    const engine = await createSequenceEngine(options);
    const other = await createSequenceEngine({ ...options, itemCount: 21 });
    expect(() => engine.restore(other.checkpoint())).toThrow('the checkpoint is of another model');
    expect(() => engine.restore(engine.checkpoint().subarray(0, 9_000))).toThrow('ends in the middle of');
    expect(() => engine.restore(new Uint8Array(9))).toThrow('no training checkpoint');
    await Promise.all([engine.close(), other.close()]);
  });

  it('refuses steps with the wrong negatives and heads that do not fit', async () => {
    const engine = await createSequenceEngine(options);
    const negatives = { items: new Int32Array(1), logExpected: new Float32Array(1) };
    expect(() => engine.step({ ...toyStep(engine, 0), negatives }, 0.01)).toThrow('softmax takes no negatives');
    await engine.close();
    await expect(createSequenceEngine({ ...options, network: { kind: 'selfAttention', width: 16, heads: 3 } })).rejects.toThrow(RangeError);
  });
});

function bestOf(scores: Float32Array): number {
  return scores.indexOf(Math.max(...scores));
}
