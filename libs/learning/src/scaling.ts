import type { Matrix } from './matrix';

/**
 * How each column becomes comparable: x → (t(x) − mean) / std with t(x) = log(1 + max(x, 0)) where `log1p` holds, else x.
 * Plain arrays, one entry a column, so that it can be stored as JSON and written into an ONNX graph.
 */
export interface ColumnScaling {
  readonly log1p: readonly boolean[];
  /** Of the column after t. */
  readonly mean: readonly number[];
  /** Population standard deviation after t; 1 for a constant column, which therefore scales to 0. */
  readonly std: readonly number[];
}

export interface ScalingOptions {
  /** A column without negative values takes log1p when its skewness is above this and log1p brings it nearer to 0. @default 1 */
  readonly skewnessAbove?: number;
}

interface Moments {
  readonly mean: number;
  readonly std: number;
  readonly skewness: number;
}

/** Column statistics of a table of at least one row. @throws RangeError when it has none. */
export function fitScaling(matrix: Matrix, { skewnessAbove = 1 }: ScalingOptions = {}): ColumnScaling {
  if (matrix.rows === 0) throw new RangeError('scaling needs at least one row');
  const log1p: boolean[] = [];
  const mean: number[] = [];
  const std: number[] = [];
  for (let column = 0; column < matrix.columns; column++) {
    const plain = columnMoments(matrix, column, false);
    const logged = plain.skewness > skewnessAbove && columnMinimum(matrix, column) >= 0 ? columnMoments(matrix, column, true) : plain;
    const useLog = logged !== plain && Math.abs(logged.skewness) < plain.skewness;
    const kept = useLog ? logged : plain;
    log1p.push(useLog);
    mean.push(kept.mean);
    std.push(kept.std);
  }
  return { log1p, mean, std };
}

/** The table after scaling; a new array. @throws RangeError when the columns differ in number. */
export function scale(matrix: Matrix, scaling: ColumnScaling): Matrix {
  const { rows, columns, data } = matrix;
  assertColumns(columns, scaling);
  const scaled = new Float32Array(data.length);
  for (let column = 0; column < columns; column++) {
    const logged = scaling.log1p[column]!;
    const mean = scaling.mean[column]!;
    const std = scaling.std[column]!;
    for (let at = column; at < data.length; at += columns) scaled[at] = (bend(data[at]!, logged) - mean) / std;
  }
  return { rows, columns, data: scaled };
}

/** The centroids (k × columns, row-major) of one scaling as they stand in another, for warm starts and matching after a refit. */
export function rescaleCentroids(centroids: Float64Array, from: ColumnScaling, to: ColumnScaling): Float64Array {
  const columns = from.mean.length;
  assertColumns(columns, to);
  return centroids.map((value, at) => {
    const column = at % columns;
    const bent = value * from.std[column]! + from.mean[column]!;
    const same = from.log1p[column] === to.log1p[column];
    const target = same ? bent : bend(from.log1p[column] ? Math.expm1(bent) : bent, to.log1p[column]!);
    return (target - to.mean[column]!) / to.std[column]!;
  });
}

function bend(value: number, logged: boolean): number {
  return logged ? Math.log1p(Math.max(value, 0)) : value;
}

function columnMinimum({ data, columns }: Matrix, column: number): number {
  let least = Infinity;
  for (let at = column; at < data.length; at += columns) least = Math.min(least, data[at]!);
  return least;
}

/** Two passes, so that a large mean does not eat the spread. Skewness is the population's, m₃ / m₂^1.5. */
function columnMoments({ data, columns, rows }: Matrix, column: number, logged: boolean): Moments {
  let sum = 0;
  for (let at = column; at < data.length; at += columns) sum += bend(data[at]!, logged);
  const mean = sum / rows;
  let second = 0;
  let third = 0;
  for (let at = column; at < data.length; at += columns) {
    const off = bend(data[at]!, logged) - mean;
    second += off * off;
    third += off * off * off;
  }
  const variance = second / rows;
  const constant = variance <= 1e-14 * Math.max(1, mean * mean);
  return { mean, std: constant ? 1 : Math.sqrt(variance), skewness: constant ? 0 : third / rows / variance ** 1.5 };
}

function assertColumns(columns: number, scaling: ColumnScaling): void {
  if (columns !== scaling.mean.length) throw new RangeError(`${columns} columns, the scaling has ${scaling.mean.length}`);
}
