import * as ort from 'onnxruntime-node';
import { GraphBuilder } from '../src/onnx/graph-builder';
import { elementCount } from '../src/tensor';
import { uniformAt } from '../src/training/counter-random';
import { mul } from '../src/training/ops/elementwise';
import { reduceSum } from '../src/training/ops/layout';
import { Tape, fixedShape, type Real, type Variable } from '../src/training/tape';

export interface GradientCheck {
  /** Shapes of the differentiated inputs. */
  readonly shapes: readonly (readonly number[])[];
  /** The operator under test; its output is weighted with random numbers and summed to a loss. */
  readonly forward: (tape: Tape, inputs: readonly Variable[]) => Variable;
  /** Range of the random inputs. @default [-1, 1] */
  readonly range?: readonly [number, number];
  /** @default 'float64' */
  readonly real?: Real;
  readonly seed?: number;
  /** For inputs that `forward` declares itself. */
  readonly feeds?: Readonly<Record<string, ort.Tensor>>;
}

/** Elements of each input that are checked, spread over it. */
const CHECKED = 24;

/** Largest |analytic − numeric| over elements of all inputs, relative to the largest gradient of that input (central differences). */
export async function gradientError(check: GradientCheck): Promise<number> {
  const { shapes, real = 'float64', range = [-1, 1], seed = 1 } = check;
  const graph = new GraphBuilder('gradient_check');
  const tape = new Tape(graph, real);
  const inputs = shapes.map((shape, at) => tape.parameter(`x${at}`, shape));
  const y = check.forward(tape, inputs);
  const loss = y.shape.length === 0 ? y : weightedSum(tape, y, seed);
  const gradients = tape.gradients(loss, inputs);
  graph.output(loss.value, 'loss', real, []);
  gradients.forEach((gradient, at) => graph.output(gradient.value, `g${at}`, real, shapes[at]!));
  const session = await ort.InferenceSession.create(graph.finish().bytes, { logSeverityLevel: 3 });
  const values = shapes.map((shape, at) =>
    numbers(real, elementCount(shape)).map((_, index) => range[0] + (range[1] - range[0]) * uniformAt(seed + at, index)),
  );
  const run = async () => {
    const own = values.map((data, at) => [`x${at}`, new ort.Tensor(real, data as never, shapes[at]!)] as const);
    return session.run({ ...check.feeds, ...Object.fromEntries(own) });
  };
  const lossOf = async (): Promise<number> => Number((await run())['loss']!.data[0]);
  const analytic = await run();
  const step = real === 'float64' ? 1e-5 : 1e-2;
  let worst = 0;
  for (const [at, data] of values.entries()) {
    const own = analytic[`g${at}`]!.data as Float64Array;
    const size = Math.max(1e-3, ...Array.from(own, Math.abs));
    const stride = Math.ceil(data.length / CHECKED);
    for (let index = 0; index < data.length; index += stride) {
      const kept = data[index]!;
      data[index] = kept + step;
      const above = await lossOf();
      data[index] = kept - step;
      const below = await lossOf();
      data[index] = kept;
      worst = Math.max(worst, Math.abs((above - below) / (2 * step) - own[index]!) / size);
    }
  }
  await session.release();
  return worst;
}

function weightedSum(tape: Tape, y: Variable, seed: number): Variable {
  const shape = fixedShape(y);
  const weights = Float64Array.from({ length: elementCount(shape) }, (_, index) => uniformAt(seed + 99, index) - 0.3);
  return reduceSum(
    mul(y, tape.constant(weights, shape)),
    shape.map((_, axis) => axis),
  );
}

function numbers(real: Real, length: number): Float64Array | Float32Array {
  return real === 'float64' ? new Float64Array(length) : new Float32Array(length);
}
