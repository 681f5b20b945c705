// What judging by a tracking plan and enriching cost per event, one core: node bench/collector-checks.mjs   (JSON, one line a measurement)
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const contents = `
  export { judgeEvent } from './apps/ingest/src/judge';
  export { compilePlan } from './apps/ingest/src/plan/compile-plan';
  export { createPlanChecker } from './apps/ingest/src/plan/plan-checker';
  export { SEGMENT_ECOMMERCE } from './apps/ingest/src/plan/segment-ecommerce';
  export { createAgentReader } from './apps/ingest/src/enrich/agents';
  export { createEnricher } from './apps/ingest/src/enrich/enrich';
`;
const bundle = await build({
  stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
  tsconfig: 'tsconfig.base.json',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  packages: 'external',
  write: false,
});
const library = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(library, library.exports, createRequire(import.meta.url));
const { judgeEvent, compilePlan, createPlanChecker, SEGMENT_ECOMMERCE, createAgentReader, createEnricher } = library.exports;

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const FACTS = { receivedAtMs: 0, ip: '81.2.69.142', userAgent: 'analytics-node-next/latest', gpc: false };

function eventOf(event, properties, context) {
  const value = { type: 'track', event, userId: 'u', messageId: 'm', properties, ...(context && { context }) };
  const raw = { value, bytes: Buffer.from(JSON.stringify(value)) };
  return { raw, event: judgeEvent(raw, { sourceId: 'shop', defaultCurrency: 'USD' }, 0).event };
}

/** Best of five, so that other work on the machine counts least. */
function measure(what, work, times = 200_000) {
  for (let i = 0; i < times / 10; i++) work(i);
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now();
    for (let i = 0; i < times; i++) work(i);
    best = Math.min(best, ((performance.now() - startMs) * 1000) / times);
  }
  console.log(JSON.stringify({ what, microseconds: Number(best.toFixed(3)) }));
}

await compilePlan(SEGMENT_ECOMMERCE);
const startMs = performance.now();
const plan = await compilePlan(SEGMENT_ECOMMERCE);
console.log(JSON.stringify({ what: 'compiling segment-ecommerce', milliseconds: Math.round(performance.now() - startMs) }));

const checker = createPlanChecker(plan, { mode: 'flag' });
const lines = [1, 2, 3].map((i) => ({ product_id: `p${i}`, sku: 's', name: 'Mug', price: 5, quantity: 2 }));
const viewed = eventOf('Product Viewed', { product_id: 'p', name: 'Mug', price: 5, quantity: 1, currency: 'GBP' });
const ordered = eventOf('Order Completed', { order_id: '1', total: 30, currency: 'GBP', products: lines });
const wrong = eventOf('Order Completed', { order_id: '1', total: '30', currency: 'GBP', products: lines });
const hopeless = { ...ordered.raw, value: { ...ordered.raw.value, properties: { order_id: '1', products: Array(10_000).fill({}) } } };
measure('plan: Product Viewed that follows it', () => checker.check(viewed.event, viewed.raw));
measure('plan: Order Completed of three lines that follows it', () => checker.check(ordered.event, ordered.raw));
measure('plan: one violation', () => checker.check(wrong.event, wrong.raw), 20_000);
measure('plan: 10,000 faults, of which 20 are told', () => checker.check(ordered.event, hopeless), 100);

const readAgent = createAgentReader();
const plain = createEnricher({ readAgent });
const withRanges = createEnricher({ readAgent, internalCidrs: ['10.0.0.0/8', '2001:db8::/32'] });
const server = eventOf('Product Viewed', { product_id: 'p' }, { library: { name: '@segment/analytics-node' } });
const page = (url, referrer) => eventOf('Product Viewed', { product_id: 'p' }, { userAgent: CHROME, page: { url, referrer } });
const searched = page('https://shop.example/p/1', 'https://www.google.co.uk/');
const mailed = page('https://shop.example/p/1?utm_source=n&utm_medium=email&utm_campaign=c', '');
const browser = { ...FACTS, userAgent: CHROME };
measure('enrichment: of a server, nothing to learn', () => plain(server.event, server.raw, FACTS));
measure('enrichment: of a page, with a referrer', () => plain(searched.event, searched.raw, browser));
measure('enrichment: of a page, with a referrer and address ranges', () => withRanges(searched.event, searched.raw, browser));
measure('enrichment: of a page, with a campaign', () => plain(mailed.event, mailed.raw, browser));
measure('enrichment: a user agent not seen before', (i) => createAgentReader()(CHROME.replace('126', String(i))), 5_000);
