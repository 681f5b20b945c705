/** Names of the models that releases are published under. */
export const MODELS = {
  customerClusters: 'customer-clusters',
  customerPredictions: 'customer-predictions',
  itemRanker: 'item-ranker',
} as const;
