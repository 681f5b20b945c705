import type { Attributes, GraphBuilder, Value } from '../onnx/graph-builder';

/** A size known when the graph is written, or the name of one that each run decides. */
export type Dimension = number | string;

/** What gradients are computed in: float32 to train, float64 to check a gradient against differences. */
export type Real = 'float32' | 'float64';

/** A tensor in a graph that is being written, and whether the loss's gradient may flow through it. */
export interface Variable {
  readonly tape: Tape;
  readonly value: Value;
  readonly shape: readonly Dimension[];
  readonly dtype: Real | 'int32' | 'int64' | 'bool';
  /** It is, or depends on, a parameter. */
  readonly tracked: boolean;
}

/** The gradient of the loss with respect to one input, from that with respect to the output `y`. `null` where there is none. */
export type Rule = ((dy: Variable, y: Variable) => Variable) | null;

export interface OperatorOptions {
  readonly attributes?: Attributes;
  readonly dtype?: Variable['dtype'];
}

interface Recorded {
  readonly outputs: readonly Variable[];
  readonly inputs: readonly Variable[];
  /** One gradient for each input that is tracked; `dys` are null for outputs that the loss does not use. */
  readonly backward: (dys: readonly (Variable | null)[]) => readonly (Variable | null)[];
}

/**
 * Reverse-mode differentiation of an ONNX graph while it is written (Griewank and Walther 2008, chapter 3): every operator on a tracked
 * variable is remembered with the rule of its gradient, and `gradients` appends the operators that compute them to the same graph.
 * Nothing is computed here; a graph without parameters is the plain forward graph, which is what serves.
 */
export class Tape {
  private readonly records: Recorded[] = [];
  private recording = true;

  constructor(
    readonly graph: GraphBuilder,
    readonly real: Real = 'float32',
  ) {}

  /** An input without a gradient. */
  input(name: string, shape: readonly Dimension[], dtype: Real | 'int32' | 'int64' = this.real): Variable {
    return this.variable(this.graph.input(name, dtype, shape), shape, dtype, false);
  }

  /** An input with a gradient. */
  parameter(name: string, shape: readonly number[]): Variable {
    return this.variable(this.graph.input(name, this.real, shape), shape, this.real, true);
  }

  /** Numbers stored in the file. */
  constant(values: ArrayLike<number>, shape: readonly number[]): Variable {
    const name = `constant@${this.constants++}`;
    const value =
      this.real === 'float32'
        ? this.graph.constant(name, { dtype: 'float32', shape, data: Float32Array.from(values) })
        : this.graph.constant(name, { dtype: 'float64', shape, data: Float64Array.from(values) });
    return this.variable(value, shape, this.real, false);
  }

  scalar(value: number): Variable {
    return this.constant([value], []);
  }

  /** int64 numbers stored in the file: shapes, axes, bounds. One number makes a scalar. */
  ints(values: number | readonly number[]): Variable {
    return this.variable(this.graph.ints(values), typeof values === 'number' ? [] : [values.length], 'int64', false);
  }

  /** An operator with one output and the rule of each input's gradient, in the order of the inputs; missing rules are null. */
  op(
    type: string,
    inputs: readonly Variable[],
    shape: readonly Dimension[],
    rules: readonly Rule[] = [],
    options: OperatorOptions = {},
  ): Variable {
    const value = this.graph.op(
      type,
      inputs.map((input) => input.value),
      options.attributes,
    );
    const y = this.output(value, shape, inputs, rules.some(Boolean), options.dtype);
    this.record([y], inputs, ([dy]) => inputs.map((input, at) => (input.tracked && rules[at] ? rules[at](dy!, y) : null)));
    return y;
  }

  /** A variable for what an operator made of `inputs`. */
  output(
    value: Value,
    shape: readonly Dimension[],
    inputs: readonly Variable[],
    differentiable = true,
    dtype: Variable['dtype'] = this.real,
  ): Variable {
    return this.variable(value, shape, dtype, differentiable && this.recording && inputs.some((input) => input.tracked));
  }

  /** Remembers how the gradients of `inputs` follow from those of `outputs`, unless none of these is tracked. */
  record(outputs: readonly Variable[], inputs: readonly Variable[], backward: Recorded['backward']): void {
    if (this.recording && outputs.some((output) => output.tracked)) this.records.push({ outputs, inputs, backward });
  }

  /**
   * d loss / d `of`, in the order of `of`, as variables of the same graph.
   * @throws Error when the loss is no scalar or does not depend on one of them
   */
  gradients(loss: Variable, of: readonly Variable[]): Variable[] {
    if (loss.shape.length > 0) throw new Error(`a loss is a scalar, got [${loss.shape.join(', ')}]`);
    const found = new Map<Variable, Variable>([[loss, this.scalar(1)]]);
    this.recording = false;
    for (const { outputs, inputs, backward } of [...this.records].reverse()) {
      const dys = outputs.map((output) => found.get(output) ?? null);
      if (dys.every((dy) => dy === null)) continue;
      backward(dys).forEach((gradient, at) => {
        if (gradient !== null) this.accumulate(found, inputs[at]!, gradient);
      });
    }
    this.recording = true;
    return of.map((variable) => {
      const gradient = found.get(variable);
      if (gradient === undefined) throw new Error(`the loss does not depend on ${variable.value.name}`);
      return gradient;
    });
  }

  private constants = 0;

  private accumulate(found: Map<Variable, Variable>, input: Variable, gradient: Variable): void {
    const former = found.get(input);
    found.set(input, former === undefined ? gradient : this.op('Add', [former, gradient], input.shape));
  }

  private variable(value: Value, shape: readonly Dimension[], dtype: Variable['dtype'], tracked: boolean): Variable {
    return { tape: this, value, shape, dtype, tracked };
  }
}

/** The sizes of a shape without free dimensions. @throws Error naming the free one */
export function fixedShape({ shape, value }: Pick<Variable, 'shape' | 'value'>): number[] {
  return shape.map((size) => {
    if (typeof size === 'string') throw new Error(`${value.name} has the free size ${size}, a fixed one is needed`);
    return size;
  });
}

/** `axis` counted from the front. */
export function frontAxis(shape: readonly Dimension[], axis: number): number {
  return axis < 0 ? shape.length + axis : axis;
}
