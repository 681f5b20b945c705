import { createFeatureTable, type FeatureTable } from '../src/boosting/feature-table';
import { createRandom } from '../src/random';

/** Rows with numbers, gaps and categories, and labels that depend on all of them; the same for a seed. */
export function madeUpTable(rows: number, seed: number): { table: FeatureTable; labels: Float64Array; logOdds: Float64Array } {
  const random = createRandom(seed);
  const [x, gaps, code, noise] = [0, 1, 2, 3].map(() => new Float32Array(rows)) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [labels, logOdds] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    x[row] = random.normal();
    gaps[row] = random.uniform() < 0.2 ? NaN : random.normal();
    code[row] = random.uniform() < 0.05 ? NaN : random.integer(6);
    noise[row] = random.integer(5);
    const fromGaps = Number.isNaN(gaps[row]!) ? 0.8 : -0.5 * gaps[row]!;
    const fromCode = [1, 3, 4].includes(code[row]!) ? 1 : -0.6;
    logOdds[row] = -0.5 + 1.2 * Math.sin(2 * x[row]!) + fromGaps + fromCode;
    labels[row] = Number(random.uniform() < 1 / (1 + Math.exp(-logOdds[row]!)));
  }
  const table = createFeatureTable([
    { name: 'x', values: x },
    { name: 'gaps', values: gaps },
    { name: 'code', values: code, categories: ['a', 'b', 'c', 'd', 'e', 'f'] },
    { name: 'noise', values: noise },
  ]);
  return { table, labels, logOdds };
}
