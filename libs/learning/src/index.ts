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
export { minimise, type Minimum, type MinimiseOptions, type Objective } from './minimise';
export {
  createFeatureTable,
  pickTableRows,
  tableRow,
  tableToRows,
  type ColumnInfo,
  type FeatureColumn,
  type FeatureTable,
} from './boosting/feature-table';
export { fitBoostedTrees, scoreRow, scoreTable, sigmoid, type BoostedTrees, type BoostingOptions } from './boosting/boosted-trees';
export type { Tree } from './boosting/tree';
export { explainRow, meanContributions, type Contributions } from './boosting/tree-shap';
export { explainLogistic, fitLogistic, scoreLogistic, type LogisticModel, type LogisticOptions } from './linear/logistic-regression';
export { calibrate, fitIsotonic, fitPlatt, type Calibration } from './calibration/calibrate';
export { foldRows, outOfFold, stratifiedFolds, type FoldedRows } from './calibration/folds';
export {
  areaUnderRoc,
  brierScore,
  calibrationCurve,
  calibrationError,
  lift,
  logLoss,
  meanAbsoluteError,
  topShare,
  type CalibrationBin,
} from './calibration/metrics';
export {
  bgNbdLogLikelihood,
  fitBgNbd,
  type BgNbdFit,
  type BgNbdModel,
  type PurchaseHistories,
  type PurchaseHistory,
} from './lifetime/bg-nbd';
export { expectedOrders, probabilityAlive, probabilityOfOrder, timeToNextOrder } from './lifetime/bg-nbd-predictions';
export { expectedAmount, fitGammaGamma, type GammaGammaFit, type GammaGammaModel, type SpendHistories } from './lifetime/gamma-gamma';
export { lifetimeValue, type LifetimeValueOptions } from './lifetime/lifetime-value';
export { ordersWithin, toCustomerHistories, type CustomerHistories, type CustomerLog, type Outcomes } from './propensity/customer-log';
export { buildCustomerFeatures, type CustomerFeatureOptions, type CustomerFeatures } from './propensity/customer-features';
export { summarisePurchases, type PurchaseSummary } from './propensity/purchase-histories';
export { fitPurchaseModel, type Learner, type PurchaseModel, type PurchaseModelOptions } from './propensity/purchase-model';
export {
  explainPurchase,
  predictPurchases,
  type PredictOptions,
  type PurchaseExplanation,
  type PurchasePredictions,
} from './propensity/predict-purchases';
export { compareUplift, upliftByPart, type Estimate, type QiniOptions, type QiniReport, type UpliftRows } from './uplift/qini';
export { fitUplift, type UpliftOptions } from './uplift/uplift-model';
export { fitPercentiles, percentileOf, percentileRanks, type Percentiles } from './traits/percentiles';
export { findLookalikes, type LookalikeOptions, type Lookalikes } from './traits/lookalikes';
export {
  findSmallestChanges,
  logisticCandidates,
  treeCandidates,
  type Candidates,
  type Change,
  type ChangeQuestion,
} from './traits/smallest-change';
export {
  completeColumns,
  completeRows,
  explainLearner,
  explainPropensity,
  learnedHeads,
  lifetimeAmounts,
  predictCustomer,
  scoreLearner,
  type AmountHead,
  type CustomerPrediction,
  type CustomerPredictionModel,
  type HorizonHeads,
  type HorizonPrediction,
  type LearnedHead,
  type PropensityHead,
  type PropensityKind,
} from './customers/prediction-model';
export { fitAmount, fitPropensity, type HorizonRows } from './customers/fit-heads';
export {
  fitLifetime,
  fitOrders,
  fitSpend,
  type CustomerRows,
  type LifetimeModels,
  type LifetimeSource,
} from './customers/lifetime-columns';
export { compareGroups, type GroupComparison, type GroupFigures, type GroupRows } from './fairness/compare-groups';
export {
  eachRecent,
  sequenceCount,
  sequencesFrom,
  sliceSequences,
  toItemMatrix,
  toSequences,
  type Sequences,
  type SequenceScorer,
  type Slice,
} from './recommend/sequences';
export { fadeWeight, fixedScorer, itemItemScorer, type FadeOptions } from './recommend/sequence-scorers';
export { fitSessionKnn, SESSION_KNN_PRESETS, type SessionKnnOptions } from './recommend/session-knn';
export { fitTransitions, itemFrequencies, type TransitionOptions } from './recommend/transitions';
export { invertByHalves, PLAIN_PRODUCTS, type Floats, type MatrixProducts, type ProductShape } from './recommend/matrix-products';
export { fitLinear, type LinearOptions } from './recommend/linear-sequences';
export { alsScorer, fitImplicitAls, gramOf, solveRows, type AlsModel, type AlsOptions, type AlsSettings } from './recommend/implicit-als';
export {
  decayedPopularity,
  fitPopularity,
  trendingScores,
  type DecayOptions,
  type RecentOptions,
  type TrendingOptions,
} from './recommend/trending';
export {
  fitBoughtTogether,
  gSquared,
  type BoughtTogether,
  type BoughtTogetherModel,
  type BoughtTogetherOptions,
} from './recommend/bought-together';
export {
  bootstrapMeans,
  LIST_DEPTH,
  measureLists,
  METRIC_NAMES,
  rankCases,
  type Interval,
  type MetricName,
  type RankedLists,
  type RankingCases,
  type RankingQuality,
  type RankOptions,
  type ScoredBatch,
} from './recommend/rank-cases';
export { describeItems, type ItemContext } from './recommend/candidate-features';
export {
  fitListwiseRanker,
  scoreListwise,
  type ListwiseOptions,
  type ListwiseRanker,
  type RankingLists,
} from './recommend/listwise-ranker';
export {
  fitLearnedHybrid,
  rankWithHybrid,
  type HybridComponent,
  type LearnedHybrid,
  type LearnedHybridOptions,
} from './recommend/learned-hybrid';
export {
  binOf,
  countBins,
  fitDistribution,
  populationStability,
  sharesOf,
  stabilityNoise,
  type Distribution,
} from './drift/population-stability';
export { estimateOffPolicy, type LoggedRounds, type OffPolicyOptions, type OffPolicyReport } from './off-policy/off-policy';
export type { SequenceEngine, SequenceStep } from './sequence/sequence-engine';
export { createItemCatalogue, toModelSequences, type ItemCatalogue } from './sequence/item-catalogue';
export { createSequenceBatches, type BatchOptions, type SequenceBatches } from './sequence/sequence-batches';
export { sequenceModelScorer } from './sequence/sequence-model-scorer';
export {
  fitSequenceModel,
  type EpochReport,
  type FittedSequenceModel,
  type SequenceFitOptions,
  type SequenceRun,
} from './sequence/fit-sequence-model';
export { decodeSequenceRun, encodeSequenceRun } from './sequence/sequence-run-codec';
export { itemTextScorer, vectoriseTexts, type ItemTextOptions, type ItemTexts } from './recommend/item-text';
