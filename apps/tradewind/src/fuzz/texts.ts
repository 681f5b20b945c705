import fc from 'fast-check';

/** Few, so that what the collector keeps per id and per person does not grow with the run. */
const IDS = Array.from({ length: 200 }, (_, i) => `id-${i}`);
const MESSAGE_IDS = Array.from({ length: 2_000 }, (_, i) => `message-${i}`);

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  '\u0000a',
  '\ud800',
  '\udfff\ud800',
  '\u202e',
  '💥',
  '__proto__',
  'constructor',
  'toString',
  'a'.repeat(101),
  'ß'.repeat(5_000),
  'x'.repeat(40_000),
];
const ODD_NUMBERS = [0, -0, -1, 0.1, 1e21, 1e308, -1e308, Number.MAX_SAFE_INTEGER + 2, Number.MIN_VALUE, 253402300800000];

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { length: 3 }, ...ODD_TEXTS, ...ODD_NUMBERS),
  fc.jsonValue({ maxDepth: 3 }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

/** Mostly `likely`, now and then anything. */
const mostly = (likely: fc.Arbitrary<unknown>) => fc.oneof({ weight: 40, arbitrary: likely }, { weight: 1, arbitrary: oddValue });
const id = mostly(fc.constantFrom(...IDS));

const product = fc.record(
  {
    product_id: mostly(fc.constantFrom('p1', 'p2')),
    price: mostly(fc.constantFrom<unknown>(9.99, '12.50', 0)),
    quantity: mostly(fc.constantFrom<unknown>(1, 2, '3')),
    name: oddValue,
  },
  { requiredKeys: [] },
);
const properties = fc.record(
  {
    order_id: id,
    total: mostly(fc.double({ noNaN: true, noDefaultInfinity: true })),
    revenue: mostly(fc.constantFrom<unknown>('9.99', 1e30)),
    currency: mostly(fc.constantFrom('EUR', 'JPY', 'XXX')),
    products: mostly(fc.array(mostly(product), { maxLength: 5 })),
    url: oddValue,
    search: oddValue,
  },
  { requiredKeys: [] },
);
const context = fc.record(
  {
    ip: mostly(fc.constantFrom('203.0.113.9', '2001:db8::1', '10.0.0.1')),
    userAgent: oddValue,
    library: oddValue,
    consent: mostly(
      fc.constantFrom<unknown>({ categoryPreferences: { analytics: true, advertising: false } }, { deniedConsentIds: ['C1'] }),
    ),
    page: mostly(
      fc.constantFrom<unknown>({ referrer: 'https://www.google.com/', url: 'https://shop.example/?utm_source=x&gclid=y', search: '?%' }),
    ),
    campaign: oddValue,
    traits: oddValue,
  },
  { requiredKeys: [] },
);
const EVENT_NAMES = ['Order Completed', 'Product Viewed', 'Order Refunded', 'Product Added', 'Products Searched', 'Step'];

/** What each kind of request needs at least. */
const BASES: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { type: 'track', userId: 'id-1', event: 'Step' },
  { type: 'identify', userId: 'id-2', anonymousId: 'id-3' },
  { type: 'alias', userId: 'id-4', previousId: 'id-5' },
  { item_id: 'p1', title: 'Mug', price: 5, currency: 'EUR' },
  { post_id: 'post-1', brand: 'acme', text: 'I love this shop' },
  { specversion: '1.0', id: 'e1', source: '/shop/web', type: 'track', data: { userId: 'id-1', event: 'Step' } },
  { regulation: 'SUPPRESS_ONLY', subjects: ['somebody'] },
];

const fields: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    type: mostly(fc.constantFrom('track', 'identify', 'page', 'screen', 'group', 'alias', 'Track', 'delete')),
    userId: id,
    anonymousId: id,
    previousId: id,
    groupId: id,
    messageId: mostly(fc.constantFrom(...MESSAGE_IDS)),
    event: mostly(fc.constantFrom(...EVENT_NAMES)),
    name: mostly(fc.constantFrom('Home', 'Cart')),
    timestamp: mostly(fc.constantFrom<unknown>('2026-11-24T00:00:00Z', '2026-11-24', 1_790_000_000_000, '1969-12-31T23:59:59Z')),
    originalTimestamp: mostly(fc.constant('2026-11-24T00:00:00.000Z')),
    sentAt: oddValue,
    properties: mostly(properties),
    traits: mostly(fc.dictionary(fc.constantFrom('email', 'phone', 'plan', '__proto__', ''), oddValue, { maxKeys: 4 })),
    context: mostly(context),
    item_id: id,
    title: mostly(fc.constant('Mug')),
    price: mostly(fc.constantFrom<unknown>(5, '5.00')),
    currency: mostly(fc.constant('EUR')),
    updated_at: mostly(fc.constant('2026-11-24T00:00:00.000Z')),
    text: mostly(fc.constantFrom('I love this shop', 'Schlecht!')),
    brand: mostly(fc.constantFrom('acme')),
    post_id: id,
    url: mostly(fc.constant('https://social.example/1')),
    specversion: mostly(fc.constant('1.0')),
    id,
    source: mostly(fc.constant('/shop/web')),
    data: mostly(fc.constantFrom<unknown>({ userId: 'id-1', event: 'Step' })),
    regulation: mostly(fc.constantFrom('SUPPRESS_ONLY', 'UNSUPPRESS', 'UNSUPPRESS', 'DELETE_ONLY')),
    subjects: mostly(fc.array(fc.constantFrom(...IDS), { maxLength: 3 })),
  },
  { requiredKeys: [] },
);

/** An event, item, post or suppression, perhaps with fields of the others, perhaps with a few wrong ones. */
const event: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(fc.constantFrom(...BASES), fc.boolean(), fields)
  .map(([base, isBaseLast, others]) => (isBaseLast ? { ...others, ...base } : { ...base, ...others }));

const batch = (writeKeys: readonly string[]): fc.Arbitrary<unknown> =>
  fc
    .record(
      {
        batch: mostly(fc.array(mostly(event), { maxLength: 20 })),
        sentAt: oddValue,
        writeKey: mostly(fc.constantFrom(...writeKeys)),
        context: oddValue,
      },
      { requiredKeys: ['batch'] },
    )
    .map((value): unknown => value);

const DEPTH = 100_000;
const MANY = 5_001;
/** Texts that have broken a parser or a server somewhere. */
const KNOWN_BAD: readonly string[] = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '-',
  '"',
  '[]',
  '{}',
  '[[]]',
  '{"batch":[]}',
  '{"batch":{}}',
  '{"batch":null}',
  '{"batch":{"length":2}}',
  '\ufeff{"userId":"id-1","event":"Step"}',
  '{"userId":"id-1","event":"Step","type":"track","type":"page","event":"Other"}',
  '{"batch":[{"userId":"id-1","event":"a"}],"batch":[{"userId":"id-2","event":"b"},{}]}',
  '{"__proto__":{"userId":"id-1"},"event":"Step"}',
  '{"userId":"id-1","event":"Step","properties":{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}}',
  '{"userId":"\\ud800","event":"\\u0000"}',
  '{"userId":1e999,"event":"Step"}',
  '{"userId":-1e-999,"event":"Step","timestamp":1e400}',
  `{"userId":${'9'.repeat(10_000)},"event":"Step"}`,
  `{"userId":"id-1","event":"Step","properties":{"total":${'1'.repeat(5_000)}.${'3'.repeat(5_000)}}}`,
  `{"userId":"id-1","event":"Step","properties":{"total":"${'1'.repeat(30_000)}"}}`,
  `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  '['.repeat(DEPTH),
  `{"batch":[${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}]}`,
  `{"userId":"id-1","event":"Step","properties":${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}}`,
  `{"userId":"id-1","event":"Step","context":{"ip":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
  ...[
    '"item_id":"p1","deep"',
    '"userId":"id-1","event":"Step","properties"',
    '"userId":"id-1","traits"',
    '"text":"a","brand":"acme","post_id":"p1","deep"',
  ].flatMap((head) => [`{${head}:${'['.repeat(15_000)}${']'.repeat(15_000)}}`, `{${head}:${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`]),
  `{"item_id":"p1","title":"t","updated_at":1e21}`,
  `{"batch":[${'{},'.repeat(MANY)}{}]}`,
  `[${'{},'.repeat(MANY)}{}]`,
  `${'{"userId":"id-1","event":"Step"}\n'.repeat(50)}\n\n\r\n{`,
  '\n'.repeat(100_000),
  `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":${i}`).join()}}`,
  `{"userId":"id-1","event":"Step","properties":{"${'k'.repeat(30_000)}":1}}`,
  `{"userId":"id-1","event":"Step","properties":{"x":"${'\\u0041'.repeat(50_000)}"}}`,
  `{"userId":"id-1","event":"Step"}${' '.repeat(300_000)}`,
  `{"batch":[{"userId":"id-1","event":"Step","properties":{"x":"${'y'.repeat(300_000)}"}}]}`,
];

/** JSON that `value` would be written as, or the text of a fuzzed body. */
export function texts(writeKeys: readonly string[]): fc.Arbitrary<Buffer> {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
  const valid = fc.oneof(event.map(json), batch(writeKeys).map(json));
  return fc.oneof(
    { weight: 30, arbitrary: event.map(json) },
    { weight: 30, arbitrary: batch(writeKeys).map(json) },
    { weight: 12, arbitrary: mutated(valid) },
    {
      weight: 4,
      arbitrary: fc.array(event, { maxLength: 6 }).map((list) => Buffer.from(list.map((each) => JSON.stringify(each)).join('\n'))),
    },
    { weight: 4, arbitrary: fc.array(event, { maxLength: 6 }).map(json) },
    { weight: 8, arbitrary: fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)) },
    { weight: 8, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 4, arbitrary: fc.constantFrom(...KNOWN_BAD).map((text) => Buffer.from(text)) },
  );
}

interface Edit {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly removed: number;
}

/** Valid text with pieces cut out, put in, or the end missing. */
function mutated(valid: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const edit: fc.Arbitrary<Edit> = fc.record({
    at: fc.nat({ max: 2_000 }),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom('"', '}', '{', '[', ']', ',', ':', '\\', '\0', '\xff', 'null').map((text) => Buffer.from(text, 'latin1')),
    ),
    removed: fc.nat({ max: 4 }),
  });
  return fc.tuple(valid, fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([original, edits, isCut]) => {
    const text = edits.reduce((bytes, { at, bytes: put, removed }) => {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + removed)]);
    }, original);
    return isCut ? text.subarray(0, Math.floor(text.length / 2)) : text;
  });
}
