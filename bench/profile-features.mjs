// What declared profile features cost, one core: node --expose-gc bench/profile-features.mjs [users] [events]   (JSON, one line a measurement)
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const entry = `export * from './libs/feature-store/src'; export { EVENT } from '@tradewind/contracts'; export { RecordWriter } from './libs/feature-store/src/codec/record-writer';`;
const bundle = await build({
  stdin: { contents: entry, resolveDir: process.cwd(), loader: 'ts' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  packages: 'external',
  write: false,
  tsconfig: 'tsconfig.base.json',
});
const library = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(library, library.exports, createRequire(import.meta.url));
const { PROFILE_FEATURES, SHOP_PROFILE, createFeatureGroup, createFeatureSet, EVENT, RecordWriter } = library.exports;

const USERS = Number(process.argv[2] ?? 5_000);
const EVENTS = Number(process.argv[3] ?? 200_000);
const ROUNDS = 5;
const VISIT_EVENTS = 8;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const CATEGORIES = Array.from({ length: 20 }, (_, i) => `category-${i}`);

let seed = 1;
const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const pick = (list) => list[Math.floor(random() * list.length)];

/** Visits of eight events over a year, as ingest writes them: 70 % views, 12 % adds, 3 % checkouts, 5 % orders, the rest searches and pages. */
function someEvents() {
  const events = [];
  for (let visit = 0; events.length < EVENTS; visit++) {
    const user = Math.floor(random() ** 2 * USERS);
    const startMs = START_MS + Math.floor((events.length / EVENTS) * 365 * DAY_MS);
    for (let i = 0; i < VISIT_EVENTS && events.length < EVENTS; i++) events.push(anEvent(user, startMs + i * 90_000, events.length));
  }
  return events.map((event) => EVENT.decode(EVENT.encode(event)));
}

function anEvent(user, occurredAtMs, i) {
  const dice = random();
  const names = [
    [0.7, 'Product Viewed'],
    [0.82, 'Product Added'],
    [0.85, 'Checkout Started'],
    [0.9, 'Order Completed'],
    [0.95, 'Products Searched'],
  ];
  const name = names.find(([below]) => dice < below)?.[1] ?? '';
  const price = Math.ceil(random() ** 3 * 9000);
  const properties = {
    product_id: `sku-${price}`,
    category: CATEGORIES[(user * 7 + Math.floor(random() * 3)) % 20],
    brand: `brand-${user % 11}`,
    name: 'A thing of some length',
    price: price / 100,
    currency: 'GBP',
    url: `https://shop.example/p/${price}?ref=list`,
  };
  const context = { library: { name: 'analytics.js', version: '2.1.0' }, locale: 'en-GB', page: { path: '/p', title: 'A thing' } };
  return {
    messageId: `${(i + 0x10000000).toString(16)}-0000-4000-8000-00000000abcd`,
    type: name === '' ? 3 : 1,
    sourceId: 'shop',
    userKey: `shop:user-${user}`,
    userId: `user-${user}`,
    name,
    occurredAtMs,
    receivedAtMs: occurredAtMs,
    valueMinor: name === 'Order Completed' ? price : 0,
    currency: 'GBP',
    items: name.startsWith('Product ') || name.startsWith('Order') ? [{ productId: `sku-${price}`, quantity: 1, priceMinor: price }] : [],
    payloadJson: Buffer.from(JSON.stringify(name === '' ? { properties: {}, context } : { properties, context })),
    enrichment: { device: pick(['desktop', 'mobile']), medium: pick(['search', 'direct', 'email']), browser: 'Chrome', os: 'Windows' },
  };
}

function fold(features, events) {
  const set = createFeatureSet(features);
  const states = new Map();
  const startUs = cpuUs();
  for (let offset = 0; offset < events.length; offset++) {
    const event = events[offset];
    let state = states.get(event.userKey);
    if (state === undefined) states.set(event.userKey, (state = set.create(event.userKey)));
    set.apply(state, { topic: 'events', partition: 0, offset }, event);
  }
  return { ns: ((cpuUs() - startUs) * 1000) / events.length, set, states };
}

/** Of the process, so that other work on the machine counts little. */
function cpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Medians over the rounds, CPU time: folding, and writing every record once. */
function measure(what, features, events) {
  const [folds, writes] = [[], []];
  let sizes = [];
  let heap = 0;
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const { ns, set, states } = fold(features, events);
    folds.push(ns);
    const writer = new RecordWriter(1 << 24);
    const startUs = cpuUs();
    for (const state of states.values()) set.encodeTo(state, writer);
    writes.push(((cpuUs() - startUs) * 1000) / states.size);
    sizes = [...states.values()].map((state) => set.encode(state).length).sort((a, b) => a - b);
    heap = heapUsed();
    const users = states.size;
    states.clear();
    heap = (heap - heapUsed()) / users;
  }
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const result = {
    what,
    foldNsPerEvent: median(folds),
    writeNsPerRecord: median(writes),
    recordBytesMean: Math.round(mean),
    heapBytesPerUser: Math.round(heap),
    recordBytesP99: sizes[Math.floor(sizes.length * 0.99)],
  };
  console.log(JSON.stringify(result));
  return result;
}

/** After everything that is no longer needed is gone. */
function heapUsed() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const median = (values) => Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]);

const events = someEvents();
console.log(JSON.stringify({ users: new Set(events.map(({ userKey }) => userKey)).size, events: events.length, node: process.version }));
const group = createFeatureGroup({ name: 'profile', tag: 122 }, SHOP_PROFILE);
measure('warm-up', [...PROFILE_FEATURES, group], events);
measure('no features: positions and message ids', [], events);
measure('columns of models', PROFILE_FEATURES, events);
measure('columns of models and the shop profile', [...PROFILE_FEATURES, group], events);
if (process.argv.includes('--each')) for (const feature of SHOP_PROFILE) measure(feature.name, [feature], events);
console.log(
  JSON.stringify({
    what: 'shop profile, by declaration',
    maxBytes: group.maxBytes,
    features: Object.fromEntries(SHOP_PROFILE.map(({ name, maxBytes }) => [name, maxBytes])),
  }),
);
