import { silhouette } from './cluster-quality';
import { fitKMeans, type Clustering } from './kmeans';
import type { Matrix } from './matrix';
import { fitMiniBatchKMeans } from './mini-batch-kmeans';

export interface ChooseKOptions {
  /** At least 2. */
  readonly minK: number;
  readonly maxK: number;
  readonly seed: number;
  /** @default 10 */
  readonly starts?: number;
  /** Rows in each silhouette. @default 2000 */
  readonly sampleSize?: number;
  /** Tables with more rows are fitted by mini-batches. @default 500000 */
  readonly miniBatchAboveRows?: number;
}

export interface ChosenK {
  readonly best: Clustering;
  /** One for each k tried, ascending. */
  readonly tried: readonly { readonly k: number; readonly silhouette: number; readonly inertia: number }[];
}

/** Fits every k from `minK` to `maxK` (at most rows − 1) and keeps the one with the highest silhouette, of equal ones the smallest. */
export function chooseK(matrix: Matrix, options: ChooseKOptions): ChosenK {
  const { minK, seed, starts = 10, sampleSize = 2000, miniBatchAboveRows = 500_000 } = options;
  const maxK = Math.min(options.maxK, matrix.rows - 1);
  if (minK < 2 || maxK < minK) throw new RangeError(`no k from ${minK} to ${maxK} can be tried on ${matrix.rows} rows`);
  const fit = matrix.rows > miniBatchAboveRows ? fitMiniBatchKMeans : fitKMeans;
  const fits = Array.from({ length: maxK - minK + 1 }, (_, at) => fit(matrix, { k: minK + at, seed, starts }));
  const tried = fits.map(({ k, labels, inertia }) => ({ k, inertia, silhouette: silhouette(matrix, labels, { seed, sampleSize }) }));
  const best = tried.reduce((a, b) => (b.silhouette > a.silhouette ? b : a));
  return { best: fits[best.k - minK]!, tried };
}
