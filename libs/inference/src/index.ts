export type { Model, ModelManifest, Tensor, TensorSpec } from './model';
export { compressJson, expandJson, packModel, parseManifest, sha256Hex, type PackModelOptions } from './model-manifest';
export { ModelSlot, type Versioned } from './model-slot';
export { createMicroBatcher, type MicroBatcher, type MicroBatcherOptions } from './micro-batcher';
export { elementCount, float32Matrix } from './tensor';
export { loadOnnxModel, type LoadOnnxModelOptions, type ThreadOptions } from './onnx/onnx-model';
export { GraphBuilder, type Attributes, type FinishOptions, type OnnxGraph, type Value } from './onnx/graph-builder';
export type { OnnxDtype, OnnxShape, OnnxTensor } from './onnx/onnx-proto';
export { fromFloat16, toFloat16 } from './onnx/float16';
export {
  SCALED_LIMIT,
  buildKMeansGraph,
  decodeClusters,
  scaleRow,
  type ClusterAssignment,
  type KMeansModel,
  type ScaledColumn,
} from './graphs/kmeans-graph';
export { buildItemRankerGraph, type ItemRankerModel } from './graphs/item-ranker-graph';
export { buildTreeEnsembleGraph, type EnsembleTree, type TreeEnsembleModel } from './graphs/tree-ensemble-graph';
export { buildLogisticGraph, type LogisticGraphModel, type LogisticTerm } from './graphs/logistic-graph';
export { buildHeadsGraph, type GraphHead } from './graphs/heads-graph';
export { decodeRankings, encodeRankRequests, type RankRequest, type RankedItemScore } from './graphs/item-ranker-io';
export { createMatrixProducts, type OnnxMatrixProducts } from './matrix-products';
export { createSequenceEngine, type OnnxSequenceEngine, type SequenceEngineOptions, type SequenceStep } from './sequence/sequence-engine';
export {
  buildSequenceGraph,
  buildSequenceRankerGraph,
  buildSequenceTrainingGraph,
  longestSequence,
  type SequenceModel,
  type SequenceNetworkSettings,
  type SequenceTrainingSettings,
} from './sequence/sequence-graphs';
export type { SequenceLoss } from './sequence/sequence-loss';
export type { SelfAttentionSettings } from './sequence/self-attention-network';
export type { RecurrentSettings } from './sequence/recurrent-network';
export { Tape, type Dimension, type Real, type Variable } from './training/tape';
export { ops } from './training/ops';
export { adamRates, type AdamSettings } from './training/adam';
export { buildTrainingGraph, type TrainingGraph, type TrainingGraphOptions } from './training/training-graph';
export { TrainingSession, type TrainingSessionOptions } from './training/training-session';
export { initialValues, type ParameterSpec, type ParameterValues } from './training/parameters';
