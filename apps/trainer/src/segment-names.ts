import type { Clustering, Matrix } from '@tradewind/learning';

/** Places of these columns in CLUSTER_COLUMNS. */
const RECENCY = 0;
const ORDERS = 1;
const MONETARY = 2;

/**
 * A name for each cluster from its medians against those of all customers: recently active or not, many orders or few, much or
 * little money. Two clusters with the same description are told apart by a number, the more valuable first.
 */
export function nameSegments({ k, labels }: Clustering, raw: Matrix): string[] {
  const everyone = Array.from({ length: raw.rows }, (_, row) => row);
  const median = (rows: readonly number[], column: number) => medianOf(rows.map((row) => raw.data[row * raw.columns + column]!));
  const overall = { recency: median(everyone, RECENCY), orders: median(everyone, ORDERS), monetary: median(everyone, MONETARY) };
  const clusters = Array.from({ length: k }, (_, cluster) => {
    const rows = everyone.filter((row) => labels[row] === cluster);
    const own = { recency: median(rows, RECENCY), orders: median(rows, ORDERS), monetary: median(rows, MONETARY) };
    return { cluster, monetary: own.monetary, name: describe(own, overall) };
  });
  const names = new Array<string>(k).fill('');
  const seen = new Map<string, number>();
  for (const { cluster, name } of clusters.sort((a, b) => b.monetary - a.monetary || a.cluster - b.cluster)) {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    names[cluster] = count === 1 ? name : `${name} ${count}`;
  }
  return names;
}

interface Medians {
  readonly recency: number;
  readonly orders: number;
  readonly monetary: number;
}

function describe(own: Medians, overall: Medians): string {
  const isRecent = own.recency <= overall.recency;
  const ordersOften = own.orders >= 2 * Math.max(1, overall.orders);
  const repeats = own.orders > 1;
  const spendsMuch = own.monetary >= overall.monetary;
  if (isRecent && ordersOften) return 'Champions';
  if (isRecent && repeats && spendsMuch) return 'Loyal';
  if (isRecent) return spendsMuch ? 'Promising' : 'New';
  if (spendsMuch) return 'At risk';
  return own.recency >= 2 * overall.recency ? 'Lapsed' : 'Occasional';
}

function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
