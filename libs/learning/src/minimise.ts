/** A function of several numbers and its gradient; `gradient` is to be filled. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** @default 500 */
  readonly maxIterations?: number;
  /** Stops when no part of the gradient is larger, in units of 1 + |value|. @default 1e-9 */
  readonly tolerance?: number;
}

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

interface Step {
  readonly s: Float64Array;
  readonly y: Float64Array;
}

/** Steps that the curvature is remembered of. */
const MEMORY = 10;

/**
 * L-BFGS (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5) with steps halved until the value falls enough
 * (Armijo, equation 3.6a). For smooth functions; where a step leads to a value that is not finite it is halved, too.
 * @throws RangeError when the value at the start is not finite.
 */
export function minimise(objective: Objective, start: ArrayLike<number>, options: MinimiseOptions = {}): Minimum {
  const { maxIterations = 500, tolerance = 1e-9 } = options;
  let at = Float64Array.from(start);
  let gradient = new Float64Array(at.length);
  let value = objective(at, gradient);
  if (!Number.isFinite(value)) throw new RangeError(`the function is ${value} at the start`);
  const steps: Step[] = [];
  let iterations = 0;
  for (; iterations < maxIterations && largest(gradient) > tolerance * (1 + Math.abs(value)); iterations++) {
    let next = search(objective, at, value, gradient, descentDirection(gradient, steps));
    if (next === null && steps.length > 0) {
      steps.length = 0; // a poor memory: once more along the gradient
      next = search(objective, at, value, gradient, descentDirection(gradient, steps));
    }
    if (next === null) break;
    const s = next.at.map((x, i) => x - at[i]!);
    const y = next.gradient.map((g, i) => g - gradient[i]!);
    if (dot(s, y) > 1e-12 * dot(y, y)) steps.push({ s, y });
    if (steps.length > MEMORY) steps.shift();
    ({ at, gradient, value } = next);
  }
  return { at, value, iterations, converged: largest(gradient) <= Math.max(tolerance, 1e-7) * (1 + Math.abs(value)) };
}

/** Two-loop recursion: −H·g, H the inverse curvature that the steps imply. */
function descentDirection(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const last = steps.at(-1);
  if (last === undefined) return direction.map((d) => d / Math.max(1, Math.sqrt(dot(gradient, gradient))));
  const shares = steps.map(() => 0);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { s, y } = steps[i]!;
    shares[i] = dot(s, direction) / dot(s, y);
    addScaled(direction, y, -shares[i]!);
  }
  const scale = dot(last.s, last.y) / dot(last.y, last.y);
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  steps.forEach(({ s, y }, i) => addScaled(direction, s, shares[i]! - dot(y, direction) / dot(s, y)));
  return direction;
}

function search(objective: Objective, at: Float64Array, value: number, gradient: Float64Array, direction: Float64Array) {
  const slope = dot(gradient, direction);
  if (!(slope < 0)) return null;
  for (let length = 1; length > 1e-14; length /= 2) {
    const next = at.map((x, i) => x + length * direction[i]!);
    const nextGradient = new Float64Array(at.length);
    const nextValue = objective(next, nextGradient);
    if (nextValue <= value + 1e-4 * length * slope && nextValue < value) return { at: next, gradient: nextGradient, value: nextValue };
  }
  return null;
}

function addScaled(into: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * values[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
