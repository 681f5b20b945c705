import type { Tensor, TensorSpec } from '../model';
import { encodeModel, type AttributeValue, type GraphRecord, type OnnxShape, type OnnxTensor, type ValueInfo } from './onnx-proto';

/** A value inside one graph: an input, a constant or what an operator made. */
export interface Value {
  /** Final only when the graph is finished: an output gives its value its name. */
  readonly name: string;
  readonly graph: GraphBuilder;
}

/** Attributes by name. A bare `{ graph: builder }` is a body for `Scan`, `Loop` or `If`. */
export type Attributes = Readonly<Record<string, Exclude<AttributeValue, { graph: GraphRecord }> | { readonly graph: GraphBuilder }>>;

export interface FinishOptions {
  /** Version of the standard operators. @default 17 */
  readonly opset?: number;
  /** @default 8, the file format that opset 15 to 18 came with */
  readonly irVersion?: number;
  /** Versions of other operator domains used, e.g. `{ 'ai.onnx.ml': 3 }`. */
  readonly domains?: Readonly<Record<string, number>>;
}

/** A finished ONNX file and what it takes and gives, ready for a manifest. */
export interface OnnxGraph {
  readonly bytes: Uint8Array;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

interface NodeDraft {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

type Port = TensorSpec & { readonly value: MutableValue };
type MutableValue = { name: string; readonly graph: GraphBuilder };

/**
 * Writes an ONNX graph operator by operator. Values can only be used after they are made, so the nodes come out in a valid order;
 * a repeated name, a foreign value, a constant whose data do not fill its shape or a graph without outputs is an `Error` at the
 * call that makes it. Whether an operator's inputs fit its definition is checked by ONNX Runtime on load.
 */
export class GraphBuilder {
  private readonly inputs: Port[] = [];
  private readonly outputs: Port[] = [];
  private readonly constants: (readonly [Value, OnnxTensor])[] = [];
  private readonly nodes: NodeDraft[] = [];
  private readonly produced = new Set<Value>();
  private readonly root: GraphBuilder;
  private readonly names: Set<string>;
  private counter = 0;

  constructor(
    readonly name: string,
    private readonly parent: GraphBuilder | null = null,
  ) {
    this.root = parent?.root ?? this;
    this.names = parent?.names ?? new Set();
  }

  /** A nested graph for an attribute; it may use values of this graph made so far. Names are unique over all nested graphs. */
  body(name: string): GraphBuilder {
    return new GraphBuilder(name, this);
  }

  input(name: string, dtype: Tensor['dtype'], shape: OnnxShape): Value {
    const value = this.declare(name);
    this.inputs.push({ name, dtype, shape, value });
    return value;
  }

  /** Stores `tensor` in the file. */
  constant(name: string, tensor: OnnxTensor): Value {
    const expected = tensor.shape.reduce((product, size) => product * size, 1);
    if (tensor.data.length !== expected) {
      throw new Error(`ONNX constant ${name}: shape [${tensor.shape.join(', ')}] needs ${expected} values, got ${tensor.data.length}`);
    }
    const value = this.declare(name);
    this.constants.push([value, tensor]);
    return value;
  }

  /** A float32 constant; one number makes a scalar, a list a vector. */
  floats(values: number | readonly number[]): Value {
    const data = Float32Array.from([values].flat());
    return this.constant(this.freshName('floats'), { dtype: 'float32', shape: typeof values === 'number' ? [] : [data.length], data });
  }

  /** A float32 constant of any shape, row-major, without a name of its own. */
  matrix(data: Float32Array, shape: readonly number[]): Value {
    return this.constant(this.freshName('matrix'), { dtype: 'float32', shape, data });
  }

  /** A constant vector of true and false. */
  flags(values: readonly boolean[]): Value {
    return this.constant(this.freshName('flags'), { dtype: 'bool', shape: [values.length], data: Uint8Array.from(values, Number) });
  }

  /** An int64 constant; one number makes a scalar, a list a vector (shapes, axes, indices). */
  ints(values: number | readonly number[]): Value {
    const data = BigInt64Array.from([values].flat(), BigInt);
    return this.constant(this.freshName('ints'), { dtype: 'int64', shape: typeof values === 'number' ? [] : [data.length], data });
  }

  /** Adds an operator with one output. `null` leaves out an optional input. */
  op(type: string, inputs: readonly (Value | null)[], attributes: Attributes = {}, domain = ''): Value {
    return this.opMany(type, inputs, ['y'], attributes, domain).y;
  }

  /** Adds an operator with several outputs, in the operator's own order, under names of the caller's choice. */
  opMany<const N extends string>(
    type: string,
    inputs: readonly (Value | null)[],
    outputs: readonly N[],
    attributes: Attributes = {},
    domain = '',
  ): Record<N, Value> {
    for (const input of inputs) if (input !== null) this.assertKnown(input, type);
    const values = outputs.map(() => this.declare(this.freshName(type)));
    for (const value of values) this.produced.add(value);
    this.nodes.push({ name: this.freshName(`node_${type}`), opType: type, domain, inputs, outputs: values, attributes });
    return Object.fromEntries(outputs.map((output, index) => [output, values[index]])) as Record<N, Value>;
  }

  output(value: Value, name: string, dtype: Tensor['dtype'], shape: OnnxShape): void {
    this.assertKnown(value, `output ${name}`);
    // An input, a constant, an outer value or an output already has its name for good.
    const renamed =
      this.produced.has(value) && !this.outputs.some((output) => output.value === value) ? value : this.op('Identity', [value]);
    this.take(name);
    (renamed as MutableValue).name = name;
    this.outputs.push({ name, dtype, shape, value: renamed });
  }

  /** The ONNX file. The builder may go on and be finished again. */
  finish({ opset = 17, irVersion = 8, domains = {} }: FinishOptions = {}): OnnxGraph {
    if (this.parent !== null) throw new Error(`ONNX graph ${this.name} is a body: finish the graph it belongs to`);
    const bytes = encodeModel({ irVersion, producer: 'tradewind', opsets: { '': opset, ...domains }, graph: this.record() });
    return { bytes, inputs: this.inputs.map(toSpec), outputs: this.outputs.map(toSpec) };
  }

  private record(): GraphRecord {
    if (this.outputs.length === 0) throw new Error(`ONNX graph ${this.name} has no output`);
    return {
      name: this.name,
      nodes: this.nodes.map((node) => ({
        name: node.name,
        opType: node.opType,
        domain: node.domain,
        inputs: node.inputs.map((input) => input?.name ?? ''),
        outputs: node.outputs.map((output) => output.name),
        attributes: Object.entries(node.attributes).map(([name, value]) => [name, this.resolve(value)] as const),
      })),
      constants: this.constants.map(([value, tensor]) => [value.name, tensor] as const),
      inputs: this.inputs.map(toSpec),
      outputs: this.outputs.map(toSpec),
    };
  }

  private resolve(value: Attributes[string]): AttributeValue {
    if (!('graph' in value)) return value;
    if (value.graph.parent !== this) throw new Error(`ONNX graph ${value.graph.name} is not a body of ${this.name}`);
    return { graph: value.graph.record() };
  }

  private assertKnown(value: Value, user: string): void {
    if (!this.sees(value)) throw new Error(`ONNX graph ${this.name}: ${user} uses ${value.name}, a value of another graph`);
  }

  /** A body sees its own values and those of the graphs around it. */
  private sees(value: Value): boolean {
    return value.graph === this || (this.parent?.sees(value) ?? false);
  }

  private declare(name: string): MutableValue {
    this.take(name);
    return { name, graph: this };
  }

  private take(name: string): void {
    if (name === '') throw new Error(`ONNX graph ${this.name}: a name is empty`);
    if (this.names.has(name)) throw new Error(`ONNX graph ${this.name}: ${name} is declared twice`);
    this.names.add(name);
  }

  private freshName(hint: string): string {
    return `${hint}#${this.root.counter++}`;
  }
}

function toSpec({ name, dtype, shape }: Port): TensorSpec & ValueInfo {
  return { name, dtype, shape };
}
