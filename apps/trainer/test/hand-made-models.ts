import { MODELS } from '@tradewind/contracts';
import { buildItemRankerGraph, buildKMeansGraph, packModel, type OnnxGraph } from '@tradewind/inference';
import { DEFAULT_HYBRID_SETTINGS } from '@tradewind/learning';
import { CLUSTER_COLUMNS } from '../src/learn-clusters';
import { publishRelease, type PublishDeps } from '../src/publish';

export interface HandMade {
  readonly model: string;
  readonly graph: OnnxGraph;
  readonly trainedUntilMs: number;
  readonly parameters: Record<string, unknown>;
}

/** @returns its version */
export async function makeLive(platform: PublishDeps, { model, graph, trainedUntilMs, parameters }: HandMade): Promise<string> {
  const version = `hand-made-${model}`;
  const fields = { model, version, trainedFromMs: 0, trainedUntilMs, metrics: {}, licence: 'Apache-2.0', parameters };
  await publishRelease(packModel({ graph, fields }), 'live', platform);
  return version;
}

/** A live ranker that lists by `popularity` alone. */
export function popularityRanker(popularity: Readonly<Record<string, number>>, trainedUntilMs: number): HandMade {
  const items = Object.keys(popularity);
  const graph = buildItemRankerGraph({
    itemCount: items.length,
    weights: new Float32Array(items.length ** 2),
    popularity: Float32Array.from(Object.values(popularity)),
    popularityWeight: 1,
  });
  return { model: MODELS.itemRanker, graph, trainedUntilMs, parameters: { items, halfLifeMs: null, settings: DEFAULT_HYBRID_SETTINGS } };
}

/** Live clusters at these numbers of orders; no other column counts. */
export function clustersAt(...orders: number[]): HandMade {
  const unused = { mean: 0, std: 1e9, log: false };
  const scaling = CLUSTER_COLUMNS.map((column) => (column === 'orders_count' ? { mean: 0, std: 10, log: false } : unused));
  const centroids = orders.map((count) => CLUSTER_COLUMNS.map((column) => (column === 'orders_count' ? count / 10 : 0)));
  const segments = orders.map((count) => ({ id: `orders-${count}`, name: `${count} orders` }));
  const parameters = { columns: CLUSTER_COLUMNS, scaling, centroids, segments };
  return { model: MODELS.customerClusters, graph: buildKMeansGraph({ columns: scaling, centroids }), trainedUntilMs: 0, parameters };
}
