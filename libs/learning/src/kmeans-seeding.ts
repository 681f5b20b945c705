import type { Matrix } from './matrix';
import type { Random } from './random';

/**
 * k-means++ (Arthur and Vassilvitskii 2007): the first centroid is any row, each further one a row drawn with probability
 * proportional to its squared distance from the nearest centroid; of 2 + ⌊ln k⌋ draws the one that lowers the sum of those
 * distances most is kept (the greedy variant of the paper's §5, as in scikit-learn). Returns k × columns.
 */
export function plusPlusCentroids(matrix: Matrix, k: number, random: Random): Float64Array {
  const { rows, columns, data } = matrix;
  const centroids = new Float64Array(k * columns);
  const trials = 2 + Math.floor(Math.log(k));
  let row = random.integer(rows);
  let nearest: Float64Array = new Float64Array(rows).fill(Infinity);
  for (let cluster = 0; ; cluster++) {
    centroids.set(data.subarray(row * columns, (row + 1) * columns), cluster * columns);
    nearest = nearestWith(matrix, nearest, row).nearest;
    if (cluster === k - 1) return centroids;
    row = bestDraw(matrix, nearest, trials, random);
  }
}

function bestDraw(matrix: Matrix, nearest: Float64Array, trials: number, random: Random): number {
  let total = 0;
  for (const distance of nearest) total += distance;
  let best = -1;
  let least = Infinity;
  for (let trial = 0; trial < trials; trial++) {
    const row = total > 0 ? drawProportional(nearest, random.uniform() * total) : random.integer(matrix.rows);
    const { potential } = nearestWith(matrix, nearest, row);
    if (potential < least) [least, best] = [potential, row];
  }
  return best;
}

function drawProportional(weights: Float64Array, target: number): number {
  let passed = 0;
  let last = 0;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    passed += weights[row]!;
    last = row;
    if (passed > target) return row;
  }
  return last;
}

/** The distances when `row` is a centroid too, and their sum. */
function nearestWith({ data, columns, rows }: Matrix, nearest: Float64Array, row: number): { nearest: Float64Array; potential: number } {
  const lowered = new Float64Array(rows);
  let potential = 0;
  for (let other = 0; other < rows; other++) {
    let distance = 0;
    for (let c = 0; c < columns; c++) {
      const off = data[other * columns + c]! - data[row * columns + c]!;
      distance += off * off;
    }
    const least = distance < nearest[other]! ? distance : nearest[other]!;
    lowered[other] = least;
    potential += least;
  }
  return { nearest: lowered, potential };
}
