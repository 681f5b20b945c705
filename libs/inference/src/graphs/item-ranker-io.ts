import type { Tensor } from '../model';

/** What one list is asked for with. */
export interface RankRequest {
  /** Item indices, repeats allowed. */
  readonly history: readonly number[];
  /** One finite weight per history entry, e.g. by event type and age. */
  readonly weights: readonly number[];
  /** Further items that must not be listed; those of the history never are. */
  readonly exclude?: readonly number[];
}

export interface RankedItemScore {
  readonly item: number;
  /** The sum of `contributions` and `prior`, in float32. */
  readonly score: number;
  /** What popularity adds. */
  readonly prior: number;
  /** What each history entry adds, in the order of the request's history. */
  readonly contributions: Float32Array;
}

const PADDING = -1n;

/**
 * Inputs of the item ranker for one run, rows in request order, padded to the longest history. Keep the batch near 64 rows.
 * @throws RangeError when a list is empty of requests, an item is not one of the model's, weights and history differ in length, or k is below 1.
 */
export function encodeRankRequests(
  requests: readonly RankRequest[],
  options: { readonly k: number; readonly itemCount: number },
): Record<string, Tensor> {
  const { k, itemCount } = options;
  if (requests.length === 0) throw new RangeError('there is no request to rank');
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be 1 or more, got ${k}`);
  for (const { history, weights, exclude = [] } of requests) {
    const stranger = [...history, ...exclude].find((item) => !Number.isInteger(item) || item < 0 || item >= itemCount);
    if (stranger !== undefined) throw new RangeError(`item ${stranger} is not one of the model's ${itemCount}`);
    if (weights.length !== history.length)
      throw new RangeError(`${history.length} history items need as many weights, got ${weights.length}`);
    if (!weights.every(Number.isFinite)) throw new RangeError('a history weight is not finite');
  }
  const history = paddedItems(requests.map((request) => request.history));
  const weights = new Float32Array(history.data.length);
  requests.forEach((request, row) => weights.set(request.weights, row * history.shape[1]!));
  return {
    history,
    weights: { dtype: 'float32', shape: history.shape, data: weights },
    exclude: paddedItems(requests.map((request) => request.exclude ?? [])),
    k: { dtype: 'int64', shape: [1], data: BigInt64Array.of(BigInt(k)) },
  };
}

/** One list per request, best first; shorter than k when fewer items were allowed. */
export function decodeRankings(requests: readonly RankRequest[], outputs: Readonly<Record<string, Tensor>>): RankedItemScore[][] {
  const [, k = 0, width = 0] = outputs['contributions']!.shape;
  const items = outputs['items']!.data as BigInt64Array;
  const scores = outputs['scores']!.data as Float32Array;
  const prior = outputs['prior']!.data as Float32Array;
  const contributions = outputs['contributions']!.data as Float32Array;
  return requests.map((request, row) => {
    const list: RankedItemScore[] = [];
    for (let at = row * k; at < (row + 1) * k && scores[at] !== -Infinity; at++) {
      list.push({
        item: Number(items[at]),
        score: scores[at]!,
        prior: prior[at]!,
        contributions: contributions.slice(at * width, at * width + request.history.length),
      });
    }
    return list;
  });
}

/** At least one column, because an empty tensor is not a row. */
function paddedItems(rows: readonly (readonly number[])[]): Tensor & { readonly dtype: 'int64' } {
  const width = Math.max(1, ...rows.map((row) => row.length));
  const data = new BigInt64Array(rows.length * width).fill(PADDING);
  rows.forEach((row, index) => row.forEach((item, column) => (data[index * width + column] = BigInt(item))));
  return { dtype: 'int64', shape: [rows.length, width], data };
}
