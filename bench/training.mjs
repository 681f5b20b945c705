// CPU time of training steps of the sequence models on made-up data: node bench/training.mjs [threads] [steps]   (JSON, one line a model)
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const bundle = await build({
  entryPoints: ['libs/inference/src/index.ts'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  write: false,
  packages: 'external',
  tsconfig: 'tsconfig.base.json',
});
const library = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(library, library.exports, createRequire(import.meta.url));
const { createSequenceEngine } = library.exports;

const [threads = 1, steps = 8] = process.argv.slice(2).map(Number);
const softmax = { kind: 'softmax' };
const attention = { kind: 'selfAttention', width: 64, blocks: 2 };
const MODELS = [
  { network: { ...attention, maxLength: 200 }, loss: softmax, itemCount: 3416, batchSize: 128, filled: 0.6 },
  { network: { ...attention, maxLength: 50 }, loss: softmax, itemCount: 3416, batchSize: 128, filled: 0.9 },
  {
    network: { ...attention, maxLength: 50 },
    loss: { kind: 'sampledSoftmax', negatives: 512 },
    itemCount: 3416,
    batchSize: 128,
    filled: 0.9,
  },
  { network: { ...attention, maxLength: 20 }, loss: softmax, itemCount: 17745, batchSize: 256, filled: 0.16 },
  { network: { kind: 'recurrent', width: 64, maxLength: 20 }, loss: softmax, itemCount: 17745, batchSize: 256, filled: 0.16 },
];

for (const { filled, ...model } of MODELS) {
  const engine = await createSequenceEngine({ ...model, dropoutRate: 0.2, seed: 1, threads });
  const batch = madeUp(engine, Math.floor(filled * engine.maxLength));
  for (let warm = 0; warm < 2; warm++) await engine.step(batch, 0.001);
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  for (let step = 0; step < steps; step++) await engine.step(batch, 0.001);
  const { user, system } = process.cpuUsage(cpu);
  const { kind, width, maxLength } = model.network;
  const cpuMs = (user + system) / 1000 / steps;
  const wallMs = (performance.now() - wall) / steps;
  const report = {
    kind,
    width,
    maxLength,
    loss: model.loss.kind,
    items: model.itemCount,
    batch: model.batchSize,
    predictions: batch.places.length,
    threads,
    cpuMs,
    wallMs,
  };
  console.log(JSON.stringify(report, (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value)));
  await engine.close();
}

function madeUp({ batchSize, maxLength, itemCount, negatives }, length) {
  let state = 1;
  const item = () => Math.floor(((state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32) ** 2 * itemCount);
  const items = new Int32Array(batchSize * maxLength).fill(-1);
  const places = new Int32Array(batchSize * length);
  for (let at = 0; at < places.length; at++) {
    places[at] = Math.floor(at / length) * maxLength + (at % length);
    items[places[at]] = item();
  }
  const drawn = negatives > 0 && { items: Int32Array.from({ length: negatives }, item), logExpected: new Float32Array(negatives) };
  return { items, places, targets: places.map(item), ...(drawn && { negatives: drawn }) };
}
