import { elementCount } from '../tensor';
import { deriveSeed, normalAt } from './counter-random';

/** A tensor that training changes. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** `normal` is the standard deviation of a normal distribution around zero. */
  readonly initial: 'zeros' | 'ones' | { readonly normal: number };
}

/** Numbers by parameter. */
export type ParameterValues = Readonly<Record<string, Float32Array>>;

/** First values: the same for the same seed on every machine, and for a parameter whatever the others are. */
export function initialValues(specs: readonly ParameterSpec[], seed: number): Record<string, Float32Array> {
  return Object.fromEntries(specs.map((spec) => [spec.name, initialise(spec, deriveSeed(seed, labelOf(spec.name)))]));
}

function initialise({ shape, initial }: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(elementCount(shape));
  if (initial === 'zeros') return values;
  if (initial === 'ones') return values.fill(1);
  return values.map((_, index) => initial.normal * normalAt(seed, index));
}

function labelOf(name: string): number {
  return [...name].reduce((label, letter) => Math.imul(label, 31) + letter.codePointAt(0)!, 7);
}
