import { AppError } from '@tradewind/contracts';
import * as ort from 'onnxruntime-node';
import type { Model, ModelManifest, Tensor, TensorSpec } from '../model';
import { sha256Hex } from '../model-manifest';
import { describeTensor, elementCount, findMisfit } from '../tensor';

export interface ThreadOptions {
  /** Threads that one operator may use; the calling thread is one of them. @default 1: a service scales by replicas */
  readonly intraOp?: number;
  /** Operators that may run at the same time. @default 1 */
  readonly interOp?: number;
}

export interface LoadOnnxModelOptions {
  readonly bytes: Uint8Array;
  readonly manifest: ModelManifest;
  readonly threads?: ThreadOptions;
  readonly warmUp?: {
    /** Runs before the model is handed over, so that the first request does not pay for first allocations; 0 for none. @default 2 */
    readonly runs?: number;
    /** @default zeros, every free dimension 1 */
    readonly inputs?: Readonly<Record<string, Tensor>>;
  };
}

/**
 * Loads an ONNX file that is what its manifest says: the hash, and the name, type and shape of each tensor. The model it resolves
 * with checks the inputs and outputs of every run, and `close` waits for the runs that have begun.
 *
 * A run computes on the calling thread and blocks it (onnxruntime-node calls ONNX Runtime synchronously), so keep a run to milliseconds.
 *
 * @throws MODEL_CHECKSUM_MISMATCH, MODEL_CORRUPT (not an ONNX file that this runtime runs), MODEL_MANIFEST_MISMATCH naming the tensor.
 */
export async function loadOnnxModel({ bytes, manifest, threads, warmUp = {} }: LoadOnnxModelOptions): Promise<Model> {
  const name = `model ${manifest.model} ${manifest.version}`;
  const sha256 = sha256Hex(bytes);
  if (sha256 !== manifest.sha256) {
    throw new AppError('MODEL_CHECKSUM_MISMATCH', `${name}: the file's SHA-256 is ${sha256}, the manifest says ${manifest.sha256}`);
  }
  const session = await ort.InferenceSession.create(bytes, sessionOptions(threads)).catch((cause: unknown) => {
    throw new AppError('MODEL_CORRUPT', `${name}: ONNX Runtime cannot load the file of ${bytes.length} bytes`, { cause });
  });
  try {
    assertSignature(name, 'input', manifest.inputs, session.inputMetadata);
    assertSignature(name, 'output', manifest.outputs, session.outputMetadata);
    const model = new OnnxModel(manifest, session);
    const inputs = warmUp.inputs ?? zeroInputs(manifest.inputs);
    for (let run = 0; run < (warmUp.runs ?? 2); run++) await model.run(inputs);
    return model;
  } catch (error) {
    await session.release();
    if (error instanceof AppError) throw error;
    throw new AppError('MODEL_CORRUPT', `${name}: the warm-up run failed`, { cause: error });
  }
}

/** Stated in full, so that a run costs the same whatever ONNX Runtime's defaults are. */
export function sessionOptions({ intraOp = 1, interOp = 1 }: ThreadOptions = {}): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: intraOp,
    interOpNumThreads: interOp,
    executionMode: interOp > 1 ? 'parallel' : 'sequential',
    graphOptimizationLevel: 'all',
    // A plan per set of input shapes is kept for ever; batch sizes vary all the time.
    enableMemPattern: false,
    // Nothing but fatal: errors come back as exceptions, and ONNX Runtime writes to stderr, outside our logs.
    logSeverityLevel: 4,
    // Idle threads sleep instead of burning the CPU share of the process.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

class OnnxModel implements Model {
  private readonly running = new Set<Promise<unknown>>();
  private closing: Promise<void> | null = null;

  constructor(
    readonly manifest: ModelManifest,
    private readonly session: ort.InferenceSession,
  ) {}

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    if (this.closing !== null) throw new Error(`model ${this.manifest.model} ${this.manifest.version} is closed`);
    const sizes = new Map<string, number>();
    this.assertFit('input', findMisfit(this.manifest.inputs, inputs, sizes));
    const feeds = Object.fromEntries(this.manifest.inputs.map(({ name }) => [name, toOrtTensor(inputs[name]!)]));
    const run = this.session.run(feeds);
    this.running.add(run);
    const results = await run.finally(() => this.running.delete(run));
    const outputs = Object.fromEntries(this.manifest.outputs.map(({ name }) => [name, fromOrtTensor(results[name]!)]));
    this.assertFit('output', findMisfit(this.manifest.outputs, outputs, sizes));
    return outputs;
  }

  close(): Promise<void> {
    this.closing ??= Promise.allSettled(this.running).then(() => this.session.release());
    return this.closing;
  }

  private assertFit(role: string, misfit: string | null): void {
    if (misfit !== null)
      throw new AppError('MODEL_MANIFEST_MISMATCH', `model ${this.manifest.model} ${this.manifest.version}: ${role} ${misfit}`);
  }
}

/**
 * Names and types must be equal. A size that is fixed in the file must be the same number in the manifest; a size that the file
 * leaves free may be fixed or named by the manifest, because every run is checked against the manifest.
 */
function assertSignature(
  name: string,
  role: string,
  specs: readonly TensorSpec[],
  metadata: readonly ort.InferenceSession.ValueMetadata[],
): void {
  const fail = (reason: string): never => {
    throw new AppError('MODEL_MANIFEST_MISMATCH', `${name}: ${role} ${reason}`);
  };
  for (const spec of specs) {
    const actual = metadata.find((value) => value.name === spec.name);
    if (actual === undefined) return fail(`${spec.name} is in the manifest but not in the file`);
    if (!actual.isTensor) return fail(`${spec.name} is not a tensor in the file`);
    const fits =
      actual.type === spec.dtype &&
      actual.shape.length === spec.shape.length &&
      actual.shape.every((size, axis) => typeof size === 'string' || size === spec.shape[axis]);
    if (!fits)
      fail(
        `${spec.name} is ${describeTensor(spec.dtype, spec.shape)} in the manifest but ${describeTensor(actual.type, actual.shape)} in the file`,
      );
  }
  const extra = metadata.find((value) => !specs.some((spec) => spec.name === value.name));
  if (extra !== undefined) fail(`${extra.name} is in the file but not in the manifest`);
}

function zeroInputs(specs: readonly TensorSpec[]): Record<string, Tensor> {
  return Object.fromEntries(
    specs.map((spec) => {
      const shape = spec.shape.map((size) => (typeof size === 'number' ? size : 1));
      return [spec.name, zeros(spec.dtype, shape)];
    }),
  );
}

function zeros(dtype: Tensor['dtype'], shape: readonly number[]): Tensor {
  const length = elementCount(shape);
  if (dtype === 'float32') return { dtype, shape, data: new Float32Array(length) };
  if (dtype === 'float64') return { dtype, shape, data: new Float64Array(length) };
  if (dtype === 'int64') return { dtype, shape, data: new BigInt64Array(length) };
  return { dtype, shape, data: new Int32Array(length) };
}

/** Shares the data. */
export function toOrtTensor(tensor: Tensor): ort.Tensor {
  if (tensor.dtype === 'float32') return new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  if (tensor.dtype === 'float64') return new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  if (tensor.dtype === 'int64') return new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  return new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
}

/** Types were compared with the manifest at load, so the type and its array agree. */
function fromOrtTensor(value: ort.OnnxValue): Tensor {
  const { type, dims, data } = value as ort.Tensor;
  return { dtype: type, shape: dims, data } as Tensor;
}
