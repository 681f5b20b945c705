/** A dense array with a shape, row-major. int64 values are BigInt because ONNX Runtime hands them so. */
export type Tensor =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array };

export interface TensorSpec {
  readonly name: string;
  readonly dtype: Tensor['dtype'];
  /** A number is fixed; a name is a free dimension, equal wherever the name repeats. */
  readonly shape: readonly (number | string)[];
}

/** What a model file promises; checked against the file when it is loaded. */
export interface ModelManifest {
  readonly model: string;
  /** Sorts by release time. */
  readonly version: string;
  /** Hex SHA-256 of the ONNX file. */
  readonly sha256: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Event time of the first and last training event, epoch milliseconds UTC. */
  readonly trainedFromMs: number;
  readonly trainedUntilMs: number;
  /** On held-out data; higher or lower is better as the name's field knows. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly licence: string;
  /** What the service needs beside the graph: item ids, segment names, feature columns. JSON. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A loaded model. `run` with a batch of one gives the rows that a batch of n gives. */
export interface Model {
  readonly manifest: ModelManifest;
  /** @throws MODEL_MANIFEST_MISMATCH when inputs do not fit the manifest. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}
