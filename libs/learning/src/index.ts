export { createRandom, type Random } from './random';
export { matrixFromRows, pickRows, type Matrix } from './matrix';
export { fitScaling, rescaleCentroids, scale, type ColumnScaling, type ScalingOptions } from './scaling';
export { assignClusters, fitKMeans, type Assignment, type Clustering, type KMeansOptions } from './kmeans';
export { plusPlusCentroids } from './kmeans-seeding';
export { fitMiniBatchKMeans, type MiniBatchKMeansOptions } from './mini-batch-kmeans';
export { chooseK, type ChooseKOptions, type ChosenK } from './choose-k';
export { adjustedRandIndex, daviesBouldin, silhouette, type SilhouetteOptions } from './cluster-quality';
export { refitClusters, type Refit, type RefitOptions } from './refit-clusters';
export { labelStability, matchClusters, renumberClusters } from './cluster-matching';
export { minimumCostAssignment } from './hungarian';
export {
  countItemUsers,
  filterByCounts,
  filterLog,
  newPairs,
  splitByTime,
  timeRange,
  toHistories,
  toSparse,
  transpose,
  type Histories,
  type HistoryEntry,
  type InteractionLog,
  type SparseMatrix,
  type TimeSplit,
} from './interactions';
export { gramMatrix, mergeItemItem, scaleTargets, type ItemItemMatrix } from './item-item';
export { invertPositiveDefinite, type ProgressListener } from './positive-definite';
export { easeFromGram, fitEase, type EaseOptions } from './ease';
export { fitItemKnn, itemKnnFromGram, type ItemKnnOptions } from './item-knn';
export { popularity, type PopularityOptions } from './popularity';
export { fadeHistories, historyWeight, trendFactors, type TrendOptions } from './trend';
export {
  DEFAULT_HYBRID_SETTINGS,
  fitHybrid,
  tuneHybrid,
  type HybridOptions,
  type HybridRanker,
  type HybridSettings,
} from './hybrid-ranker';
export { constantScorer, linearScorer, type LinearScorerOptions } from './scorers';
export {
  evaluateRanking,
  rankingMetrics,
  topItems,
  type BatchScorer,
  type EvaluationOptions,
  type RankingMetrics,
  type RankingReport,
} from './ranking-metrics';
