import fc from 'fast-check';
import { encoded } from './codings';
import { texts } from './texts';

/** What may be fuzzed: the routes of the server, and the keys that work there. */
export interface Target {
  /** Paths of POST routes. */
  readonly posts: readonly string[];
  /** Paths of GET routes, which take what a POST takes in their query. */
  readonly gets: readonly string[];
  readonly writeKeys: readonly string[];
}

export interface FuzzRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Any request that HTTP allows: mostly POSTs of a known key to a known route, with bodies from nearly valid to random, in all codings. */
export function requests(target: Target): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      method: fc.oneof(
        { weight: 24, arbitrary: fc.constant('POST') },
        { weight: 1, arbitrary: fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS') },
      ),
      path: paths(target),
      headers: headers(target.writeKeys),
      content: encoded(texts(target.writeKeys)),
    })
    .map(({ method, path, headers: sent, content }) => ({
      method,
      path,
      headers: { ...sent, ...content.headers },
      body: method === 'GET' || method === 'OPTIONS' ? Buffer.alloc(0) : content.body,
    }));
}

function paths({ posts, gets, writeKeys }: Target): fc.Arbitrary<string> {
  const value = fc.oneof(
    fc.constantFrom(...writeKeys),
    fc.constantFrom('', '%', '%00', '%ff', '..', 'a'.repeat(3_000)),
    fc.string().map(encode),
  );
  const query = fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: value.map((text) => `?writeKey=${text}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('data', 'userId', 'type', 'limit', 'batch'), value).map(([name, text]) => `?${name}=${text}`),
    },
  );
  const route = fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...posts) },
    { weight: 1, arbitrary: fc.constantFrom(...gets) },
    { weight: 1, arbitrary: value.map((text) => `/v1/${text}`) },
  );
  // A parameter of a route: "{itemId}".
  const filled = fc.tuple(route, value).map(([path, text]) => path.replace(/\{[^}]*\}/g, text));
  return fc.tuple(filled, query).map(([path, rest]) => path + rest);
}

/** As a URL takes it; lone surrogates have no code. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/g, ''));
}

const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
  `Mozilla/5.0 ${'('.repeat(3_000)}`,
  `${'a/1.0 '.repeat(1_500)}`,
  `Dalvik/${'1.'.repeat(2_000)}`,
];

/** Bytes that a header may hold; Node refuses others. */
const headerText = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 60 });

function headers(writeKeys: readonly string[]): fc.Arbitrary<Record<string, string>> {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const authorization = fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...writeKeys).map((key) => basic(`${key}:`)) },
    { weight: 1, arbitrary: fc.string().map(basic) },
    {
      weight: 1,
      arbitrary: fc.oneof(headerText, fc.constantFrom('Basic', 'Basic !!!', `Basic ${'A'.repeat(8_000)}`, 'Bearer x', basic('__proto__:'))),
    },
    { weight: 2, arbitrary: fc.constant(null) },
  );
  const odd = fc.dictionary(
    fc.constantFrom(
      'x-forwarded-for',
      'sec-gpc',
      'origin',
      'referer',
      'cookie',
      'accept',
      'x-retry-count',
      'ce-id',
      'ce-source',
      'ce-type',
      'ce-specversion',
      'ce-time',
      'idempotency-key',
    ),
    fc.oneof(
      headerText,
      fc.constantFrom('1', '1.0', '::1', '999.999.999.999', '%E0%A4%A', '%', `${'1.2.3.4, '.repeat(200)}`, '2026-13-45T99:99:99Z'),
    ),
    { maxKeys: 4 },
  );
  const type = fc.oneof(
    { weight: 4, arbitrary: fc.constant('application/json') },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/x-ndjson',
        'application/cloudevents+json',
        'application/cloudevents-batch+json',
        'text/csv',
        'multipart/form-data',
        'application/octet-stream',
      ),
    },
    { weight: 1, arbitrary: headerText },
  );
  return fc
    .record({ authorization, odd, type, agent: fc.oneof(fc.constantFrom(...AGENTS), headerText) })
    .map(({ authorization: credentials, odd: others, type: contentType, agent }) => ({
      ...others,
      ...(credentials !== null && { authorization: credentials }),
      'content-type': contentType,
      'user-agent': agent,
    }));
}
