// Times the rule engine on made-up shop traffic, one core: node --expose-gc bench/rules.mjs [users] [rules] [events]   (JSON, one line a measurement)
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const entry = `export * from '@tradewind/rules'; export { EVENT } from '@tradewind/contracts';`;
const stdin = { contents: entry, resolveDir: process.cwd(), loader: 'ts' };
const bundle = await build({ stdin, bundle: true, platform: 'node', format: 'cjs', write: false, tsconfig: 'tsconfig.base.json' });
const library = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(library, library.exports, createRequire(import.meta.url));
const { createRuleEngine, validateRules, EVENT } = library.exports;

const USERS = Number(process.argv[2] ?? 20_000);
const RULES = Number(process.argv[3] ?? 200);
const EVENTS = Number(process.argv[4] ?? 200_000);
const ROUNDS = 3;
const REPEATS = 5;
/** So that a visit lasts about half an hour. */
const VISITS_AT_ONCE = Math.ceil(EVENTS / 20_000);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2024, 0, 1);
const CATEGORIES = Array.from({ length: 20 }, (_, i) => `category-${i}`);

let seed = 1;
const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const pick = (list) => list[Math.floor(random() * list.length)];

/** As many rules of each kind as marketers write: windows, counts, money, properties, traits, sequences, nesting; each meant for a few. */
function someRules(count) {
  const windows = ['1d', '7d', '30d', '90d', '365d'];
  const ofCategory = (i) => [{ property: 'category', op: 'equals', value: CATEGORIES[i % 20] }];
  const kinds = [
    (i) => ({ event: 'Order Completed', op: '>=', value: 2 + (i % 5), within: windows[i % 5] }),
    (i) => ({ event: 'Product Viewed', op: '>=', value: 3 + (i % 9), within: windows[i % 4], where: ofCategory(i) }),
    (i) => ({
      and: [
        { event: 'Order Completed', where: ofCategory(i) },
        { event: 'Order Completed', notWithin: windows[1 + (i % 4)] },
      ],
    }),
    (i) => ({
      event: 'Order Completed',
      aggregate: 'sum',
      of: { field: 'value' },
      op: '>=',
      value: 10_000 + 1000 * (i % 50),
      within: windows[2 + (i % 3)],
    }),
    (i) => ({
      and: [
        { trait: 'plan', op: 'equals', value: `plan-${i % 9}` },
        { event: '*', type: 'any', within: windows[1 + (i % 4)] },
      ],
    }),
    (i) => ({
      sequence: [
        { event: 'Product Added', where: ofCategory(i) },
        { event: 'Order Completed', absent: 'since', within: `${1 + (i % 24)}h` },
      ],
      within: '7d',
    }),
    (i) => ({
      sequence: [
        { event: 'Product Viewed', where: ofCategory(i) },
        { event: 'Product Added', within: '1h' },
        { event: 'Order Completed', within: `${1 + (i % 5)}d` },
      ],
      within: '30d',
    }),
    (i) => ({
      event: 'Product Viewed',
      aggregate: 'distinct',
      of: { property: 'category' },
      op: '>=',
      value: 6 + (i % 9),
      within: windows[i % 3],
    }),
    (i) => ({ and: [{ segment: `rule-${i % 8}` }, { not: { event: 'Order Refunded', within: '90d' } }] }),
    (i) => ({
      event: 'Order Completed',
      aggregate: 'max',
      of: { field: 'value' },
      op: '>',
      value: 5000 + 90 * (i % 40),
      within: windows[2 + (i % 3)],
    }),
  ];
  return Array.from({ length: count }, (_, i) => ({
    id: `rule-${i}`,
    name: `Rule ${i}`,
    when: kinds[i % kinds.length](Math.floor(i / kinds.length) + (i % 7)),
  }));
}

/**
 * Visits of 8 events within half an hour, spread over 60 days, each to one or two of the customer's three favourite categories: 78 % views,
 * 10 % adds, 2 % orders, the rest searches, pages and identify calls.
 */
function someEvents() {
  const visits = Array.from({ length: VISITS_AT_ONCE }, () => ({ userKey: '', left: 0, breadth: 1 }));
  return Array.from({ length: EVENTS }, (_, i) => {
    const visit = visits[Math.floor(random() * VISITS_AT_ONCE)];
    if (visit.left-- <= 0)
      Object.assign(visit, { userKey: `shop:user-${Math.floor(random() ** 2 * USERS)}`, left: 7, breadth: pick([1, 1, 2, 3]) });
    const atMs = START_MS + Math.floor((i / EVENTS) * 60 * DAY_MS);
    const dice = random();
    const name =
      dice < 0.7
        ? 'Product Viewed'
        : dice < 0.85
          ? 'Product Added'
          : dice < 0.91
            ? 'Order Completed'
            : dice < 0.96
              ? 'Products Searched'
              : '';
    const type = name !== '' ? 1 : dice < 0.98 ? 3 : 2;
    const price = Math.ceil(random() ** 3 * 9000);
    const { userKey } = visit;
    const category = CATEGORIES[(Number(userKey.slice(10)) * 7 + Math.floor(random() * visit.breadth)) % CATEGORIES.length];
    const properties = {
      product_id: `sku-${price}`,
      category,
      name: `A thing of ${category}`,
      price: price / 100,
      quantity: 1,
      currency: 'GBP',
      url: `https://shop.example/p/${price}?ref=list`,
    };
    const traits = type === 2 ? { plan: `plan-${i % 9}`, email: 'someone@example.com', address: { country: 'GB' } } : undefined;
    const payload = {
      properties,
      traits,
      context: { library: { name: 'analytics.js', version: '2.1.0' }, locale: 'en-GB', page: { path: '/p', title: 'A thing' } },
    };
    return {
      userKey,
      event: {
        messageId: `${(i + 0x10000000).toString(16)}-0000-4000-8000-00000000abcd`,
        type,
        sourceId: 'shop',
        userKey,
        userId: userKey.slice(5),
        anonymousId: '',
        name,
        occurredAtMs: atMs,
        receivedAtMs: atMs,
        valueMinor: name === 'Order Completed' ? price : 0,
        currency: 'GBP',
        items: dice < 0.9 ? [{ productId: `sku-${price}`, quantity: 1, priceMinor: price }] : [],
        payloadJson: Buffer.from(JSON.stringify(payload)),
      },
    };
  });
}

const rules = someRules(RULES);
const { problems } = validateRules(rules);
if (problems !== undefined) throw new Error(JSON.stringify(problems));
const records = someEvents().map(({ userKey, event }) => ({ userKey, bytes: EVENT.encode(event) }));
report({
  what: 'traffic',
  events: EVENTS,
  users: USERS,
  rules: RULES,
  bytesPerEvent: Math.round(records.reduce((sum, { bytes }) => sum + bytes.length, 0) / EVENTS),
});

const floors = [];
const ours = [];
const engines = [];
let last;
for (let round = 0; round < ROUNDS; round++) {
  floors.push(cpu(() => records.forEach(({ bytes }) => EVENT.decode(bytes))));
  last = undefined;
  const before = heap();
  last = fold();
  last.heapPerUser = Math.round((heap() - before) / last.states.size);
  ours.push(last.totalSeconds);
  engines.push(last.engineSeconds);
}
const [floor, total, engine] = [floors, ours, engines].map(median);
report({
  what: 'fold',
  engineEventsPerSecond: Math.round(EVENTS / engine),
  withDecodingEventsPerSecond: Math.round(EVENTS / total),
  floorEventsPerSecond: Math.round(EVENTS / floor),
  ratioToFloor: +(floor / total).toFixed(2),
  changes: last.changes,
  wakes: last.wakes,
  wakesInVain: last.vain,
});

const states = [...last.states.values()];
const encoded = states.map((state) => last.engine.encode(state));
const [encodeSeconds, decodeSeconds] = [
  cpu(() => repeat(() => states.forEach((state) => last.engine.encode(state)))) / REPEATS,
  cpu(() => repeat(() => encoded.forEach((record, i) => last.engine.decode(states[i].userKey, record)))) / REPEATS,
];
const sizes = encoded.map((record) => record.length).sort((a, b) => a - b);
report({
  what: 'records',
  users: states.length,
  meanBytes: Math.round(sizes.reduce((a, b) => a + b, 0) / sizes.length),
  p50Bytes: sizes[sizes.length >> 1],
  p99Bytes: sizes[Math.floor(sizes.length * 0.99)],
  heapBytesPerUser: last.heapPerUser,
  encodeMicroseconds: +((encodeSeconds / states.length) * 1e6).toFixed(1),
  decodeMicroseconds: +((decodeSeconds / states.length) * 1e6).toFixed(1),
});

/** Decodes and applies in slices of 1,000 events, waking users when they ask for it; only the engine's share is timed apart. */
function fold() {
  const engine = createRuleEngine(rules, { duplicateWindow: 0 });
  const states = new Map();
  const due = new Map();
  let [engineSeconds, totalSeconds, changes, wakes, vain] = [0, 0, 0, 0, 0];
  for (let from = 0; from < EVENTS; from += 1000) {
    let events;
    totalSeconds += cpu(() => (events = records.slice(from, from + 1000).map(({ bytes }) => EVENT.decode(bytes))));
    for (const { userKey } of events) if (!states.has(userKey)) states.set(userKey, engine.create(userKey));
    const seconds = cpu(() => {
      for (const event of events) {
        const state = states.get(event.userKey);
        changes += engine.apply(state, event, event.occurredAtMs).length;
      }
    });
    engineSeconds += seconds;
    totalSeconds += seconds;
  }
  const endMs = START_MS + 61 * DAY_MS;
  for (const state of states.values()) {
    while (state.nextCheckAtMs <= endMs) {
      wakes++;
      if (engine.advance(state, state.nextCheckAtMs).length === 0) vain++;
    }
  }
  return { engine, states, engineSeconds, totalSeconds, changes, wakes, vain };
}

function cpu(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function heap() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

function repeat(work) {
  for (let i = 0; i < REPEATS; i++) work();
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function report(measurement) {
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}
