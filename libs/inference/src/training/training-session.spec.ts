import type { Tensor } from '../model';
import { adamRates, type AdamSettings } from './adam';
import { uniformAt } from './counter-random';
import { ops } from './ops';
import { buildTrainingGraph, type TrainingGraph } from './training-graph';
import { TrainingSession } from './training-session';

const { matMul, mul, reduceMean, reduceSum, sub } = ops;
const tensor = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: 'float32', shape, data });

/** y = slope · x, learned from squared errors. */
function lineGraph(adam: AdamSettings = {}): TrainingGraph {
  return buildTrainingGraph({
    name: 'line',
    parameters: [
      { name: 'slope', shape: [3, 1], initial: { normal: 0.1 } },
      { name: 'level', shape: [1], initial: 'ones' },
    ],
    adam,
    loss({ tape, parameters }) {
      const fitted = ops.add(matMul(tape.input('x', [64, 3]), parameters['slope']!), parameters['level']!);
      const error = sub(fitted, tape.input('y', [64, 1]));
      return reduceMean(mul(error, error), [0, 1]);
    },
  });
}

const x = Float32Array.from({ length: 192 }, (_, at) => uniformAt(1, at) - 0.5);
const y = Float32Array.from({ length: 64 }, (_, row) => 2 * x[3 * row]! - x[3 * row + 1]! + 0.5 * x[3 * row + 2]! + 3);
const batch = { x: tensor(x, 64, 3), y: tensor(y, 64, 1) };

/** The gradient of lineGraph, by hand: slope, then level. */
function gradientAt(slope: readonly number[], level: number): number[] {
  const gradient = [0, 0, 0, 0];
  for (let row = 0; row < 64; row++) {
    const features = [...x.subarray(3 * row, 3 * row + 3), 1];
    const error = features.reduce((sum, value, at) => sum + value * (at < 3 ? slope[at]! : level), 0) - y[row]!;
    features.forEach((value, at) => (gradient[at]! += (2 * error * value) / 64));
  }
  return gradient;
}

describe('TrainingSession', () => {
  it('finds a line', async () => {
    const session = await TrainingSession.create({ training: lineGraph(), seed: 1 });
    for (let step = 0; step < 500; step++) await session.step(batch, 0.05);
    [2, -1, 0.5].forEach((value, at) => expect(session.values()['slope']![at]).toBeCloseTo(value, 3));
    expect(session.values()['level']![0]).toBeCloseTo(3, 3);
    await session.close();
  });

  it.each<[string, AdamSettings]>([
    ['Adam', {}],
    ['other betas', { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }],
    ['decay of weights, not of vectors', { weightDecay: 0.1 }],
    ['clipping', { clipNorm: 0.5 }],
  ])('steps as the paper says: %s', async (_, settings) => {
    const session = await TrainingSession.create({ training: lineGraph(settings), seed: 2 });
    const { slope, level } = session.values();
    const weights = [...slope!, level![0]!];
    const [first, second] = [new Float64Array(4), new Float64Array(4)];
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm = Infinity } = settings;
    for (let step = 1; step <= 20; step++) {
      await session.step(batch, 0.02);
      const gradient = gradientAt(weights.slice(0, 3), weights[3]!);
      const factor = Math.min(1, clipNorm / Math.hypot(...gradient));
      gradient.forEach((value, at) => {
        const g = value * factor;
        first[at] = beta1 * first[at]! + (1 - beta1) * g;
        second[at] = beta2 * second[at]! + (1 - beta2) * g * g;
        const mean = first[at]! / (1 - beta1 ** step);
        const size = Math.sqrt(second[at]! / (1 - beta2 ** step));
        weights[at]! -= 0.02 * (mean / (size + epsilon) + (at < 3 ? weightDecay * weights[at]! : 0));
      });
    }
    const values = session.values();
    [...values['slope']!, values['level']![0]!].forEach((value, at) => expect(value).toBeCloseTo(weights[at]!, 4));
    await session.close();
  });

  it('repeats itself with the same seed, and starts elsewhere with another', async () => {
    const run = async (seed: number): Promise<Uint8Array> => {
      const session = await TrainingSession.create({ training: lineGraph(), seed });
      for (let step = 0; step < 5; step++) await session.step(batch, 0.05);
      await session.close();
      return session.checkpoint();
    };
    const [a, b, c] = [await run(1), await run(1), await run(2)];
    expect(Buffer.from(a!).equals(Buffer.from(b!))).toBe(true);
    expect(Buffer.from(a!).equals(Buffer.from(c!))).toBe(false);
  });

  it('refuses a step while one is under way', async () => {
    const session = await TrainingSession.create({ training: lineGraph(), seed: 1 });
    const running = session.step(batch, 0.05);
    await expect(session.step(batch, 0.05)).rejects.toThrow('under way');
    await running;
    await session.close();
  });
});

describe('dropout', () => {
  /** The parameter's gradient is the mask: the loss is the sum of what is left of it. */
  const graph = buildTrainingGraph({
    name: 'mask',
    parameters: [{ name: 'ones', shape: [100, 100], initial: 'ones' }],
    adam: { beta1: 0, beta2: 0, epsilon: 1 },
    dropoutRate: 0.25,
    loss: ({ parameters, dropout }) => reduceSum(dropout.apply(parameters['ones']!), [0, 1]),
  });

  it('drops its share, keeps the expected sum, and drops others in each step', async () => {
    const session = await TrainingSession.create({ training: graph, seed: 3 });
    const losses = [await session.step({}, 0), await session.step({}, 0)];
    for (const loss of losses) expect(Math.abs(loss - 10_000)).toBeLessThan(250); // 4 standard deviations
    expect(losses[0]).not.toBe(losses[1]);
    await session.close();
  });
});

describe('adamRates', () => {
  it('corrects the bias of the first steps', () => {
    const { step_size, step_epsilon, step_decay } = adamRates(1, 0.1, { weightDecay: 0.5 });
    expect(step_size).toBeCloseTo((0.1 * Math.sqrt(0.001)) / 0.1);
    expect(step_epsilon).toBeCloseTo(1e-8 * Math.sqrt(0.001), 12);
    expect(step_decay).toBe(0.05);
  });
});
