import * as ort from 'onnxruntime-node';
import type { Tensor } from '../model';
import { TrainingSession, trainingSessionOptions } from '../training/training-session';
import type { ParameterValues } from '../training/parameters';
import { buildSequenceScoringGraph, buildSequenceTrainingGraph, longestSequence, type SequenceTrainingSettings } from './sequence-graphs';

export interface SequenceEngineOptions extends SequenceTrainingSettings {
  /** Of the first weights and of dropout. */
  readonly seed: number;
  /** Threads that one operator may use. @default 1 */
  readonly threads?: number;
}

/** What one step learns from. */
export interface SequenceStep {
  /** [batchSize, maxLength] row-major, padded on the right with −1. */
  readonly items: Int32Array;
  /** Places of `items` that predict something, each once. */
  readonly places: Int32Array;
  /** The right item of each of `places`. */
  readonly targets: Int32Array;
  /** With a loss that samples: the items drawn, and ln of how often each is expected among them. */
  readonly negatives?: { readonly items: Int32Array; readonly logExpected: Float32Array };
}

/** Trains a sequence model and scores with the weights of the moment: the engine that `fitSequenceModel` of learning asks for. */
export interface OnnxSequenceEngine {
  readonly itemCount: number;
  readonly batchSize: number;
  readonly maxLength: number;
  /** Items to be drawn for each step; 0 where the loss takes all. */
  readonly negatives: number;
  /** Steps done, those before a restored checkpoint included. */
  readonly steps: number;
  /** One step; gives the mean loss before it. @throws Error when it is no number any more */
  step(batch: SequenceStep, learningRate: number): Promise<number>;
  /** Logits [rows, itemCount] of what comes after each row of `items` [rows, length], padded on the right with −1. */
  score(items: Int32Array, length: number): Promise<Float32Array>;
  /** Weights, moments and the count of steps: with the same settings, seed and threads the run goes on to the same bits. */
  checkpoint(): Uint8Array;
  restore(checkpoint: Uint8Array): void;
  /** The weights, for `buildSequenceGraph`; they change with the next steps. */
  values(): ParameterValues;
  close(): Promise<void>;
}

/** @throws RangeError on sizes that do not fit */
export async function createSequenceEngine(options: SequenceEngineOptions): Promise<OnnxSequenceEngine> {
  const { itemCount, network, loss, batchSize = 128, seed, threads = 1 } = options;
  const training = buildSequenceTrainingGraph(options);
  const session = await TrainingSession.create({ training, seed, threads });
  const scoring = await ort.InferenceSession.create(buildSequenceScoringGraph(itemCount, network).bytes, {
    ...trainingSessionOptions(threads),
    enableMemPattern: false,
  });
  return {
    itemCount,
    batchSize,
    maxLength: longestSequence(network),
    negatives: loss.kind === 'softmax' ? 0 : loss.negatives,
    get steps() {
      return session.steps;
    },
    step: (batch, learningRate) => session.step(stepTensors(batch, { batchSize, loss: loss.kind }), learningRate),
    async score(items, length) {
      const values = session.values();
      const feeds: Record<string, ort.Tensor> = { items: new ort.Tensor('int32', items, [items.length / length, length]) };
      for (const { name, shape } of training.parameters) feeds[name] = new ort.Tensor('float32', values[name]!, shape);
      const { scores } = await scoring.run(feeds);
      return scores!.data as Float32Array;
    },
    checkpoint: () => session.checkpoint(),
    restore: (checkpoint) => session.restore(checkpoint),
    values: () => session.values(),
    async close() {
      await session.close();
      await scoring.release();
    },
  };
}

function stepTensors(batch: SequenceStep, { batchSize, loss }: { batchSize: number; loss: string }): Record<string, Tensor> {
  const count = batch.places.length;
  const int32 = (data: Int32Array, ...shape: number[]): Tensor => ({ dtype: 'int32', shape, data });
  const float32 = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [data.length], data });
  const { negatives } = batch;
  if ((loss === 'softmax') !== (negatives === undefined)) throw new Error(`${loss} ${negatives ? 'takes no' : 'needs'} negatives`);
  return {
    items: int32(batch.items, batchSize, batch.items.length / batchSize),
    places: int32(batch.places, count),
    targets: int32(batch.targets, count),
    weights: float32(new Float32Array(count).fill(1 / count)),
    ...(negatives && { negatives: int32(negatives.items, negatives.items.length) }),
    ...(negatives && loss === 'sampledSoftmax' && { log_expected: float32(negatives.logExpected) }),
  };
}
