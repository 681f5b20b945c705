// Times the learners on made-up data, one core: node bench/learning.mjs [items …]   (JSON, one line a measurement)
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const bundle = await build({ entryPoints: ['libs/learning/src/index.ts'], bundle: true, platform: 'node', format: 'cjs', write: false });
const library = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(library, library.exports, createRequire(import.meta.url));
const { createRandom, fitKMeans, fitMiniBatchKMeans, assignClusters, invertPositiveDefinite, silhouette } = library.exports;

const sizes = process.argv.slice(2).map(Number);
for (const items of sizes.length > 0 ? sizes : [1000, 2000, 3700]) {
  const random = createRandom(items);
  const matrix = new Float64Array(items * items);
  for (let i = 0; i < items; i++) for (let j = 0; j <= i; j++) matrix[i * items + j] = i === j ? items : random.uniform();
  const cpuSeconds = time(() => invertPositiveDefinite(matrix, items));
  report({ what: 'invertPositiveDefinite', items, cpuSeconds, gflops: items ** 3 / cpuSeconds / 1e9 });
}

const random = createRandom(7);
const [rows, columns, k] = [1_000_000, 12, 8];
const centres = Float64Array.from({ length: k * columns }, () => 3 * random.normal());
const data = new Float32Array(rows * columns);
for (let row = 0; row < rows; row++) {
  const blob = random.integer(k);
  for (let c = 0; c < columns; c++) data[row * columns + c] = centres[blob * columns + c] + random.normal();
}
const table = { rows, columns, data };
const tenth = { rows: rows / 10, columns, data: data.subarray(0, data.length / 10) };
let fit;
report({
  what: 'fitKMeans, 10 starts',
  rows: tenth.rows,
  columns,
  k,
  cpuSeconds: time(() => (fit = fitKMeans(tenth, { k, seed: 1 }))),
  inertiaPerRow: fit.inertia / tenth.rows,
});
report({
  what: 'fitMiniBatchKMeans',
  rows,
  columns,
  k,
  cpuSeconds: time(() => (fit = fitMiniBatchKMeans(table, { k, seed: 1 }))),
  inertiaPerRow: fit.inertia / rows,
});
const cpuSeconds = time(() => assignClusters(table, fit.centroids));
report({ what: 'assignClusters', rows, columns, k, cpuSeconds, rowsPerSecond: rows / cpuSeconds });
report({ what: 'silhouette of 10,000 rows', cpuSeconds: time(() => silhouette(table, fit.labels, { seed: 1, sampleSize: 10_000 })) });

function time(work) {
  const cpu = process.cpuUsage();
  work();
  return process.cpuUsage(cpu).user / 1e6;
}

function report(measurement) {
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}
