// What the collector keeps, measured on a Redis of its own and in memory: node --expose-gc bench/collector-state.mjs   (JSON, one line a measurement)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Redis } from 'ioredis';

const contents = `
  export { Fingerprints, openMemoryMessageIdStore, openRedisMessageIdStore, openRedisStateStore } from './libs/feature-store/src';
  export { createIdentityGraph } from './apps/ingest/src/identity-graph';
  export { createMetrics, SILENT_LOGGER } from './libs/observability/src';
  export { anEvent } from './libs/testing/src/builders';
`;
const bundle = await build({
  stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
  tsconfig: 'tsconfig.base.json',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  external: ['ioredis', 'protobufjs', 'pino', 'prom-client', 'fast-check'],
  write: false,
});
const library = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(library, library.exports, createRequire(import.meta.url));
const {
  Fingerprints,
  openMemoryMessageIdStore,
  openRedisMessageIdStore,
  openRedisStateStore,
  createIdentityGraph,
  createMetrics,
  SILENT_LOGGER,
  anEvent,
} = library.exports;

/** Few, to be quick: memory an id depends on the ids a bucket only. */
const BUCKETS = 2048;
const BATCH = 1000;
const NONE = new Fingerprints();
/** As analytics-node makes them, 61 characters. */
const idOf = (i) => `node-next-1790000000000-00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;

const dir = mkdtempSync(join(tmpdir(), 'tradewind-bench-'));
const port = await freePort();
const server = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', dir], { stdio: 'ignore' });
const url = `redis://127.0.0.1:${port}`;
const redis = new Redis(url, { retryStrategy: () => 50 });
redis.on('error', () => undefined);
try {
  await redis.ping();
  await measureBuckets();
  await measureKeys();
  await measureCalls();
  await measureLinks();
  await measureMemory();
} finally {
  redis.disconnect();
  server.kill();
  await once(server, 'exit');
  rmSync(dir, { recursive: true });
}

async function measureBuckets() {
  for (const idsPerBucket of [1, 4, 16, 64, 256, 700]) {
    const store = await freshStore(BUCKETS);
    const before = await used();
    const ids = idsPerBucket * BUCKETS;
    await addAll(store, ids);
    const bytesPerId = ((await used()) - before) / ids;
    report({ what: 'message ids in Redis', idsPerBucket, bytesPerId });
    await store.close();
  }
}

/** What one key an id costs. */
async function measureKeys() {
  const ids = 200_000;
  for (const [what, key] of [
    ['SET NX EX of the id', idOf],
    ['SET NX EX of 16 bytes', (i) => String(i).padStart(16, '0')],
  ]) {
    await redis.flushall();
    const before = await used();
    for (let from = 0; from < ids; from += BATCH) {
      const pipeline = redis.pipeline();
      for (let i = from; i < from + BATCH; i++) pipeline.set(key(i), '1', 'EX', 86_400, 'NX');
      await pipeline.exec();
    }
    report({ what, bytesPerId: ((await used()) - before) / ids });
  }
}

async function measureCalls() {
  const store = await freshStore(65_536);
  await addAll(store, 1_000_000);
  for (const idsPerCall of [1, 20, 1000]) {
    const calls = Math.min(2_000, 200_000 / idsPerCall);
    const [asked, added] = [fingerprints(0, 0), fingerprints(0, 0)];
    const [cpuOfRedis, cpu, startedAt] = [await redisCpuSeconds(), process.cpuUsage(), performance.now()];
    for (let call = 0; call < calls; call++) {
      refill(asked, 2_000_000 + call * idsPerCall, idsPerCall);
      await store.exchange(asked, added);
      refill(added, 2_000_000 + call * idsPerCall, idsPerCall);
    }
    const ms = performance.now() - startedAt;
    const ids = calls * idsPerCall;
    report({
      what: 'exchange: each id looked up once and added once',
      idsPerCall,
      msPerCall: ms / calls,
      idsPerSecond: (ids / ms) * 1000,
      cpuOfRedisUsPerId: (((await redisCpuSeconds()) - cpuOfRedis) * 1e6) / ids,
      cpuUsPerId: (process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / ids,
    });
  }
  await store.close();
}

async function measureLinks() {
  await redis.flushall();
  const store = await openRedisStateStore({ url });
  const before = await used();
  const links = 200_000;
  const graph = createIdentityGraph({
    store,
    logger: SILENT_LOGGER,
    metrics: createMetrics({ service: 'bench', processMetrics: false }),
    now: Date.now,
  });
  for (let from = 0; from < links; from += BATCH) {
    const calls = Array.from({ length: BATCH }, (_, i) => {
      const number = String(from + i).padStart(12, '0');
      return anEvent({ type: 2, userId: `user-${number}`, anonymousId: `00000000-0000-4000-8000-${number}`, messageId: idOf(from + i) });
    });
    await graph.resolve(calls);
  }
  const bytesPerLink = ((await used()) - before) / links;
  report({ what: 'identity links in Redis (anonymousId a UUID, userId of 17 characters)', bytesPerLink });
  const anonymous = Array.from({ length: BATCH }, (_, i) =>
    anEvent({ userId: '', anonymousId: `11111111-0000-4000-8000-${String(i).padStart(12, '0')}` }),
  );
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const rounds = 100;
  for (let round = 0; round < rounds; round++) {
    await createIdentityGraph({
      store,
      logger: SILENT_LOGGER,
      metrics: createMetrics({ service: 'bench', processMetrics: false }),
      now: Date.now,
    }).resolve(anonymous);
  }
  const { user, system } = process.cpuUsage(cpu);
  report({ what: 'identity of an event that is not in memory', cpuUsPerEvent: (user + system) / rounds / BATCH });
  graph.stop();
  await store.close();
}

async function measureMemory() {
  for (const ids of [100_000, 1_000_000]) {
    const folder = join(dir, String(ids));
    const store = await openMemoryMessageIdStore({ dir: folder });
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
    await addAll(store, ids);
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    globalThis.gc?.();
    const bytesPerId = (process.memoryUsage().arrayBuffers - before) / ids;
    await store.close();
    const openedAt = performance.now();
    await (await openMemoryMessageIdStore({ dir: folder })).close();
    const fileBytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    report({
      what: 'message ids in memory, with a file',
      ids,
      bytesPerId,
      fileBytesPerId: fileBytes / ids,
      addedPerSecond: (ids / ms) * 1000,
      cpuUsPerId: (user + system) / ids,
      openMs: performance.now() - openedAt,
    });
  }
}

async function freshStore(buckets) {
  await redis.flushall();
  const store = await openRedisMessageIdStore({ url, buckets });
  await store.exchange(NONE, fingerprints(-1, 1));
  return store;
}

async function addAll(store, ids) {
  const batch = new Fingerprints();
  for (let from = 0; from < ids; from += BATCH) {
    refill(batch, from, Math.min(BATCH, ids - from));
    await store.exchange(NONE, batch);
  }
}

function fingerprints(from, count) {
  const batch = new Fingerprints();
  refill(batch, from, count);
  return batch;
}

function refill(batch, from, count) {
  batch.clear();
  for (let i = from; i < from + count; i++) batch.push('shop', idOf(i));
}

/** Bytes that Redis uses, but for the buffers of its connections. */
async function used() {
  const info = await redis.info('memory');
  return Number(/used_memory:(\d+)/.exec(info)[1]) - Number(/mem_clients_normal:(\d+)/.exec(info)[1]);
}

async function redisCpuSeconds() {
  const info = await redis.info('cpu');
  return Number(/used_cpu_sys:([\d.]+)/.exec(info)[1]) + Number(/used_cpu_user:([\d.]+)/.exec(info)[1]);
}

function report(measurement) {
  const rounded = Object.entries(measurement).map(([name, value]) => [
    name,
    typeof value === 'number' ? Number(value.toPrecision(3)) : value,
  ]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(rounded))}\n`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: found } = probe.address();
  probe.close();
  await once(probe, 'close');
  return found;
}
