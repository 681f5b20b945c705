// Times EASE and implicit ALS on made-up data: node bench/recommend-training.mjs ease [items] | als [interactions] [dimensions]   (JSON, one line)
// EASE beside the floor of its bare matrix products in the same run; ALS beside the multiplications that an epoch cannot do without.
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const entry = "export * from './libs/learning/src/index'; export { createMatrixProducts } from './libs/inference/src/index';";
const bundle = await build({
  stdin: { contents: entry, resolveDir: process.cwd(), loader: 'ts' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  packages: 'external',
  tsconfig: 'tsconfig.base.json',
  write: false,
});
const library = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(library, library.exports, createRequire(import.meta.url));
const { createMatrixProducts, createRandom, fitImplicitAls, fitLinear, sequencesFrom, toItemMatrix } = library.exports;

const [what = 'ease', size, dimensions] = process.argv.slice(2);
if (what === 'ease') await ease(Number(size ?? 20_000));
else als(Number(size ?? 20_000_000), Number(dimensions ?? 128));

async function ease(items) {
  const train = madeUp(items * 5, items, 20);
  const products = createMatrixProducts({ intraOp: 2 });
  const floorSeconds = await timed(() => bareProducts(products, items));
  const seconds = await timed(() => fitLinear(train, { lambda: 300, products }));
  await products.close();
  report({ what: 'EASE', items, interactions: train.items.length, seconds, floorSeconds, ratioToFloor: seconds / floorSeconds });
}

/** n³ flops in float32, as four products of half the size: what an inversion by products cannot do without. */
async function bareProducts(products, items) {
  const half = items >>> 1;
  const a = new Float32Array(half * half).fill(0.5);
  for (let product = 0; product < 4; product++) await products.multiply(a, a, { rows: half, columns: half, inner: half });
}

function als(interactions, d) {
  const users = Math.max(1, Math.round(interactions / 144));
  const matrix = toItemMatrix(madeUp(users, 26_744, 144));
  const epochs = 1;
  const start = performance.now();
  fitImplicitAls(matrix, { seed: 1, dimensions: d, epochs });
  const secondsPerEpoch = (performance.now() - start) / 1000 / epochs;
  report({ what: 'implicit ALS', interactions: matrix.indices.length, users, items: matrix.columns, dimensions: d, secondsPerEpoch });
}

/** Sequences of about `length` different items, popular ones more often, at ML-20M's shape for 144 events a user. */
function madeUp(count, items, length) {
  const random = createRandom(1);
  const lists = Array.from({ length: count }, () => {
    const own = new Set();
    const size = 1 + random.integer(2 * length - 1);
    for (let draw = 0; draw < size; draw++) own.add(Math.floor(items * random.uniform() ** 3));
    return [...own];
  });
  return sequencesFrom(lists, items);
}

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function report(measurement) {
  process.stdout.write(
    `${JSON.stringify({ ...measurement, rssMb: Math.round(process.memoryUsage().rss / 2 ** 20), maxRssMb: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`,
  );
}
