import { reduceSum, reshape } from './ops/layout';
import { mul, sqrt } from './ops/elementwise';
import type { Tape, Variable } from './tape';

export interface AdamSettings {
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
  /** λ of the decoupled decay: each step takes learning rate · λ of a weight. @default 0 */
  readonly weightDecay?: number;
  /** Gradients of all parameters together are scaled down to this Euclidean length. @default none */
  readonly clipNorm?: number;
}

/** What a step is told about the rate; see `adamRates`. Scalars. */
export interface AdamRates {
  readonly step_size: number;
  readonly step_epsilon: number;
  readonly step_decay: number;
}

export interface Moments {
  readonly parameter: Variable;
  readonly gradient: Variable;
  /** Running mean of the gradient. */
  readonly first: Variable;
  /** Running mean of its square. */
  readonly second: Variable;
}

/** Adam's bias corrections in two factors (Kingma and Ba 2015, the last paragraph of section 2), for step 1, 2, … */
export function adamRates(
  step: number,
  learningRate: number,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamSettings,
): AdamRates {
  const correction = Math.sqrt(1 - beta2 ** step);
  return {
    step_size: (learningRate * correction) / (1 - beta1 ** step),
    step_epsilon: epsilon * correction,
    step_decay: learningRate * weightDecay,
  };
}

/**
 * Writes Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2) for all parameters; the rates become three inputs.
 * Vectors (biases, gains) do not decay. Returns the next values in the order of `all`.
 */
export function emitAdam(tape: Tape, all: readonly Moments[], settings: AdamSettings): Pick<Moments, 'parameter' | 'first' | 'second'>[] {
  const { beta1 = 0.9, beta2 = 0.999, weightDecay = 0, clipNorm } = settings;
  const rate = { size: tape.input('step_size', []), epsilon: tape.input('step_epsilon', []) };
  const decay = weightDecay > 0 ? tape.input('step_decay', []) : null;
  const clip = clipNorm === undefined ? null : clipFactor(tape, all, clipNorm);
  const op = (type: string, a: Variable, b: Variable): Variable => tape.op(type, [a, b], a.shape);
  const [keep1, take1, keep2, take2] = [beta1, 1 - beta1, beta2, 1 - beta2].map((factor) => tape.scalar(factor));
  return all.map(({ parameter, gradient, first, second }) => {
    const g = clip === null ? gradient : op('Mul', gradient, clip);
    const nextFirst = op('Add', op('Mul', first, keep1!), op('Mul', g, take1!));
    const nextSecond = op('Add', op('Mul', second, keep2!), op('Mul', op('Mul', g, g), take2!));
    const length = op('Add', tape.op('Sqrt', [nextSecond], parameter.shape), rate.epsilon);
    const moved = op('Sub', parameter, op('Mul', op('Div', nextFirst, length), rate.size));
    const decays = decay !== null && parameter.shape.length > 1;
    return { parameter: decays ? op('Sub', moved, op('Mul', parameter, decay)) : moved, first: nextFirst, second: nextSecond };
  });
}

/** min(1, clipNorm / ‖g‖), a scalar (Pascanu et al. 2013, algorithm 1). */
function clipFactor(tape: Tape, all: readonly Moments[], clipNorm: number): Variable {
  const squares = all.map(({ gradient }) =>
    reduceSum(
      mul(gradient, gradient),
      gradient.shape.map((_, axis) => axis),
    ),
  );
  const sum = squares.map((square) => reshape(square, [])).reduce((total, square) => tape.op('Add', [total, square], []));
  const least = tape.op('Max', [sqrt(sum), tape.scalar(clipNorm)], []);
  return tape.op('Div', [tape.scalar(clipNorm), least], []);
}
