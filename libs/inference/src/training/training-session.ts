import * as ort from 'onnxruntime-node';
import type { Tensor } from '../model';
import { toOrtTensor } from '../onnx/onnx-model';
import { elementCount } from '../tensor';
import { adamRates } from './adam';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint';
import { deriveSeed, uniformAt } from './counter-random';
import { DROPOUT_OFFSETS } from './ops/dropout';
import { initialValues, type ParameterValues } from './parameters';
import { STATE_PARTS, type TrainingGraph } from './training-graph';

export interface TrainingSessionOptions {
  readonly training: TrainingGraph;
  /** Of the first values and of dropout. */
  readonly seed: number;
  /** Threads that one operator may use. Another number adds in another order, so runs repeat to the bit only with the same. @default 1 */
  readonly threads?: number;
}

type State = Record<string, ort.Tensor>;

/** Labels of what is drawn from the seed. */
const [POOL, OFFSETS] = [1, 2];

/**
 * Runs a training graph step after step. The state is held twice: each step reads one copy and writes the other, so nothing is allocated
 * after the first steps, and a step that fails or diverges leaves the state as it was. A step computes on the calling thread and blocks it:
 * train in a worker thread where something else is served.
 */
export class TrainingSession {
  private done = 0;
  private running = false;

  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly options: TrainingSessionOptions,
    private current: State,
    private next: State,
    private readonly pool: ort.Tensor | null,
  ) {}

  /** @throws Error when ONNX Runtime refuses the graph */
  static async create(options: TrainingSessionOptions): Promise<TrainingSession> {
    const { training, seed, threads = 1 } = options;
    const session = await ort.InferenceSession.create(training.graph.bytes, trainingSessionOptions(threads));
    const values = initialValues(training.parameters, seed);
    return new TrainingSession(session, options, stateOf(training, values), stateOf(training), dropoutPool(training, seed));
  }

  /** Steps done. */
  get steps(): number {
    return this.done;
  }

  /**
   * One step on a batch; gives the loss before it.
   * @throws Error when the loss is no number any more, or a step is under way
   */
  async step(batch: Readonly<Record<string, Tensor>>, learningRate: number): Promise<number> {
    if (this.running) throw new Error('a training step is under way: wait for it');
    this.running = true;
    try {
      const feeds = { ...this.current, ...this.stepInputs(learningRate), ...mapValues(batch, toOrtTensor) };
      const fetches = { loss: null, ...Object.fromEntries(Object.entries(this.next).map(([name, tensor]) => [`next/${name}`, tensor])) };
      const results = await this.session.run(feeds, fetches);
      const loss = Number((results['loss'] as ort.Tensor).data[0]);
      if (!Number.isFinite(loss)) throw new Error(`the loss of step ${this.done + 1} is ${loss}: lower the learning rate`);
      [this.current, this.next] = [this.next, this.current];
      this.done++;
      return loss;
    } finally {
      this.running = false;
    }
  }

  /** The parameters as they are now; the arrays change with the next steps. */
  values(): ParameterValues {
    return Object.fromEntries(this.options.training.parameters.map(({ name }) => [name, this.data(STATE_PARTS.value(name))]));
  }

  /** Everything that a session of the same graph, seed and thread count needs to go on to the same bits. */
  checkpoint(): Uint8Array {
    const names = Object.keys(this.current);
    return encodeCheckpoint({ steps: this.done, tensors: Object.fromEntries(names.map((name) => [name, this.data(name)])) });
  }

  /** Takes over a checkpoint. @throws Error when it is of other parameters or damaged; the state is then as it was */
  restore(bytes: Uint8Array): void {
    const { steps, tensors } = decodeCheckpoint(bytes);
    for (const name of Object.keys(this.current)) {
      const found = tensors[name]?.length ?? 'no';
      const size = this.data(name).length;
      if (found !== size) throw new Error(`the checkpoint is of another model: it has ${found} numbers for ${name}, the model ${size}`);
    }
    for (const name of Object.keys(this.current)) this.data(name).set(tensors[name]!);
    this.done = steps;
  }

  close(): Promise<void> {
    return this.session.release();
  }

  private data(name: string): Float32Array {
    return this.current[name]!.data as Float32Array;
  }

  private stepInputs(learningRate: number): Record<string, ort.Tensor> {
    const { training, seed } = this.options;
    const rates = adamRates(this.done + 1, learningRate, training.adam);
    const inputs: Record<string, ort.Tensor> = {
      step_size: scalar(rates.step_size),
      step_epsilon: scalar(rates.step_epsilon),
      ...((training.adam.weightDecay ?? 0) > 0 && { step_decay: scalar(rates.step_decay) }),
    };
    if (this.pool === null) return inputs;
    const stepSeed = deriveSeed(deriveSeed(seed, OFFSETS), this.done);
    const offsets = BigInt64Array.from({ length: training.dropout.sites }, (_, site) =>
      BigInt(Math.floor(uniformAt(stepSeed, site) * DROPOUT_OFFSETS)),
    );
    return { ...inputs, dropout_pool: this.pool, dropout_offsets: new ort.Tensor('int64', offsets, [offsets.length]) };
  }
}

/** Threads spin between operators: a step is hundreds of short ones. */
export function trainingSessionOptions(threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  };
}

function stateOf(training: TrainingGraph, values: ParameterValues = {}): State {
  const entries = training.parameters.flatMap(({ name, shape }) =>
    Object.entries(STATE_PARTS).map(([part, nameOf]) => {
      const data = (part === 'value' ? values[name] : undefined) ?? new Float32Array(elementCount(shape));
      return [nameOf(name), new ort.Tensor('float32', data, shape)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

function dropoutPool({ dropout: { rate, sites, poolSize } }: TrainingGraph, seed: number): ort.Tensor | null {
  if (sites === 0) return null;
  const poolSeed = deriveSeed(seed, POOL);
  const pool = new Float32Array(poolSize);
  for (let at = 0; at < poolSize; at++) pool[at] = uniformAt(poolSeed, at) < rate ? 0 : 1 / (1 - rate);
  return new ort.Tensor('float32', pool, [poolSize]);
}

function scalar(value: number): ort.Tensor {
  return new ort.Tensor('float32', Float32Array.of(value), []);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
