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
