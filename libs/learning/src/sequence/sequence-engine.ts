/** What one step learns from. Items are numbers of the model. */
export interface SequenceStep {
  /** [batchSize, maxLength] row-major, oldest item first, padded on the right with −1. */
  readonly items: Int32Array;
  /** Places of `items` that predict something, each once. */
  readonly places: Int32Array;
  /** The right item of each of `places`. */
  readonly targets: Int32Array;
  /** Where the loss samples: the items drawn, and ln of how often each is expected among them. */
  readonly negatives?: { readonly items: Int32Array; readonly logExpected: Float32Array };
}

/** What trains a sequence model: ONNX Runtime in the apps (`createSequenceEngine` of inference). The same steps give the same weights. */
export interface SequenceEngine {
  /** Items of the model: 0 … itemCount − 1. */
  readonly itemCount: number;
  readonly batchSize: number;
  /** The most items that it looks back at. */
  readonly maxLength: number;
  /** Items to be drawn for each step; 0 where the loss takes all. */
  readonly negatives: number;
  /** One step; gives the mean loss before it. */
  step(batch: SequenceStep, learningRate: number): Promise<number>;
  /** Scores [rows, itemCount] of what comes after each row of `items` [rows, length], padded on the right with −1. */
  score(items: Int32Array, length: number): Promise<Float32Array>;
  /** Everything that it needs to go on as if it had not stopped. */
  checkpoint(): Uint8Array;
  restore(checkpoint: Uint8Array): void;
}
