/** Names of the models that releases are published under. */
export const MODELS = {
  customerClusters: 'customer-clusters',
  itemRanker: 'item-ranker',
} as const;
