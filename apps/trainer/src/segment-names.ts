import { minimumCostAssignment, type Clustering } from '@tradewind/learning';

/** What a marketer calls a kind of customer, as deviations from the average customer in standard deviations. */
interface Archetype {
  readonly name: string;
  readonly recency: number;
  readonly orders: number;
  readonly monetary: number;
  readonly basket: number;
  readonly refunds: number;
}

const ARCHETYPES: readonly Archetype[] = [
  { name: 'Champions', recency: -0.9, orders: 1.6, monetary: 1.5, basket: 0.5, refunds: 0 },
  { name: 'Loyal', recency: -0.6, orders: 0.6, monetary: 0.5, basket: 0, refunds: 0 },
  { name: 'Active', recency: -0.6, orders: -0.2, monetary: 0, basket: 0.1, refunds: -0.1 },
  { name: 'New', recency: -0.6, orders: -0.8, monetary: -0.7, basket: -0.3, refunds: -0.2 },
  { name: 'Big baskets', recency: -0.1, orders: -0.4, monetary: 0.5, basket: 1.2, refunds: 0 },
  { name: 'At risk', recency: 0.6, orders: 0.2, monetary: 0.2, basket: 0, refunds: 0 },
  { name: 'Occasional', recency: 0.2, orders: -0.3, monetary: -0.4, basket: -0.4, refunds: -0.1 },
  { name: 'Lapsed', recency: 1.2, orders: -0.8, monetary: -0.7, basket: -0.2, refunds: -0.1 },
  { name: 'Returners', recency: 0.2, orders: 0, monetary: -0.3, basket: 0, refunds: 3 },
];

/** Place of each archetype's measure among the cluster columns. */
export interface NamingColumns {
  readonly recency: number;
  readonly orders: number;
  readonly monetary: number;
  readonly basket: number;
  readonly refunds: number;
}

/**
 * A different name for each of at most nine clusters: the pairing of centroids and archetypes with the least sum of squared distances.
 */
export function nameSegments({ k, centroids }: Clustering, columns: number, at: NamingColumns): string[] {
  const measures = Object.keys(at) as (keyof NamingColumns)[];
  const cost = Float64Array.from({ length: k * ARCHETYPES.length }, (_, place) => {
    const archetype = ARCHETYPES[place % ARCHETYPES.length]!;
    const centroid = Math.floor(place / ARCHETYPES.length) * columns;
    return measures.reduce((sum, measure) => sum + (centroids[centroid + at[measure]]! - archetype[measure]) ** 2, 0);
  });
  return Array.from(minimumCostAssignment(cost, k, ARCHETYPES.length), (archetype) => ARCHETYPES[archetype]!.name);
}
