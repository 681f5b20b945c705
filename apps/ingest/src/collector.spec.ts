import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { AppError, EVENT, ITEM, REJECTED_EVENT, TOPICS, fromCloudEventHeaders } from '@tradewind/contracts';
import { EventType } from '@tradewind/contracts';
import { MAX_EVENT_BYTES } from './judge';
import { startCollector, type TestCollector } from '../test/start-collector';

const KEY = 'secret-key-1';
const BASIC = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`;
const JSON_TYPE = { 'content-type': 'application/json', authorization: BASIC };
const track = { type: 'track', event: 'Signed Up', userId: 'u1', messageId: 'm1', timestamp: '2024-01-01T00:00:00.000Z' };

let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector({ sourceId: 'shop', writeKey: KEY });
});
beforeEach(() => collector.reset());
afterAll(() => collector.close());

/** How the address spells a path: to the letter it is answered before Fastify, otherwise by it. */
let spelt = (path: string) => path;

function post(path: string, body: string | Buffer, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  return fetch(`${collector.url}${spelt(path)}`, { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body), headers });
}

const published = (topic: { name: string }) => collector.published.filter((record) => record.topic === topic.name);
const events = () => published(TOPICS.events).map((record) => EVENT.decode(record.value));
const rejected = () => published(TOPICS.rejected).map((record) => REJECTED_EVENT.decode(record.value));

describe.each([
  ['on the server itself', (path: string) => path],
  ['through Fastify', (path: string) => path.replace(/\/(\w)/, (_, letter: string) => `/%${letter.charCodeAt(0).toString(16)}`)],
])('%s', (_place, spell) => {
  beforeEach(() => void (spelt = spell));

  describe('the events API', () => {
    it.each([
      ['track', 't', EventType.EVENT_TYPE_TRACK, { event: 'e' }],
      ['identify', 'i', EventType.EVENT_TYPE_IDENTIFY, {}],
      ['page', 'p', EventType.EVENT_TYPE_PAGE, {}],
      ['screen', 's', EventType.EVENT_TYPE_SCREEN, {}],
      ['group', 'g', EventType.EVENT_TYPE_GROUP, { groupId: 'g' }],
      ['alias', 'a', EventType.EVENT_TYPE_ALIAS, { previousId: 'p' }],
    ])('takes /v1/%s and /v1/%s', async (long, short, type, extra) => {
      for (const path of [long, short]) {
        const response = await post(`/v1/${path}`, JSON.stringify({ userId: 'u', ...extra }));
        expect([response.status, await response.json()]).toEqual([
          200,
          { success: true, accepted: 1, rejected: 0, dropped: 0, errors: [] },
        ]);
      }
      expect(events().map((event) => event.type)).toEqual([type, type]);
    });

    it('publishes under the user key with CloudEvents headers', async () => {
      await post('/v1/track', JSON.stringify(track));
      const [record] = published(TOPICS.events);
      expect(record!.key).toBe('shop:u1');
      expect(fromCloudEventHeaders(record!.headers ?? {})).toEqual({
        id: 'm1',
        source: '/tradewind/ingest/shop',
        type: 'io.tradewind.clickstream.event.v1',
        timeMs: Date.UTC(2024, 0, 1),
      });
    });

    it('accepts the good events of a batch and tells which were bad', async () => {
      const bad = { type: 'track', event: 'x', messageId: 'bad' };
      const large = { ...track, messageId: 'large', properties: { text: 'i'.repeat(MAX_EVENT_BYTES) } };
      const response = await post('/v1/batch', JSON.stringify({ batch: [track, bad, large, { ...track, messageId: 'm2' }, 5] }, null, 1));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        success: true,
        accepted: 2,
        rejected: 3,
        dropped: 0,
        errors: [
          { index: 1, code: 'IDENTITY_MISSING', reason: expect.stringMatching(/userId/) as string },
          { index: 2, code: 'EVENT_TOO_LARGE', reason: expect.stringMatching(/32768/) as string },
          { index: 4, code: 'EVENT_INVALID', reason: expect.stringMatching(/object/) as string },
        ],
      });
      expect(events().map(({ messageId }) => messageId)).toEqual(['m1', 'm2']);
      expect(rejected().map(({ code, messageId, sourceId }) => [code, messageId, sourceId])).toEqual([
        ['IDENTITY_MISSING', 'bad', 'shop'],
        ['EVENT_TOO_LARGE', 'large', 'shop'],
        ['EVENT_INVALID', '', 'shop'],
      ]);
      const [first] = rejected();
      expect(Buffer.from(first!.original).toString()).toBe('{\n   "type": "track",\n   "event": "x",\n   "messageId": "bad"\n  }');
      expect(collector.publishCalls()).toBe(1);
    });

    it('takes an empty batch without a word to the log', async () => {
      expect(await (await post('/v1/batch', '{"batch":[]}')).json()).toMatchObject({ accepted: 0 });
      expect(collector.publishCalls()).toBe(0);
    });

    it('acknowledges only after the log did', async () => {
      const gate = collector.holdPublish();
      let answered = false;
      const response = post('/v1/track', JSON.stringify(track)).then((result) => ((answered = true), result));
      await gate.reached;
      expect(answered).toBe(false);
      gate.open();
      expect((await response).status).toBe(200);
    });
  });

  describe('what the real clients send', () => {
    const library = { name: 'x', version: '1' };

    it('analytics-node: JSON, key in header and body, sentAt on the envelope', async () => {
      const event = { ...track, context: { library }, integrations: {}, _metadata: { nodeVersion: '20' } };
      const response = await post(
        '/v1/batch',
        JSON.stringify({ batch: [event], writeKey: KEY, sentAt: new Date(collector.now()).toISOString() }),
      );
      expect(response.status).toBe(200);
      expect(events()[0]!.occurredAtMs).toBe(Date.UTC(2024, 0, 1));
    });

    it('rudder-sdk-node: gzip under a form content type, originalTimestamp and sentAt per event', async () => {
      const { timestamp, ...rest } = track;
      const event = {
        ...rest,
        originalTimestamp: timestamp,
        sentAt: new Date(collector.now()).toISOString(),
        channel: 'server',
        context: { library },
      };
      const body = gzipSync(JSON.stringify({ batch: [event], timestamp: '2024-01-01T00:00:00Z', sentAt: '2024-01-01T00:00:00Z' }));
      const response = await post('/v1/batch', body, {
        authorization: BASIC,
        'content-type': 'application/x-www-form-urlencoded',
        'content-encoding': 'gzip',
      });
      expect(await response.json()).toMatchObject({ accepted: 1 });
      expect(events()[0]!.occurredAtMs).toBe(Date.UTC(2024, 0, 1));
    });

    it('analytics-next: text/plain, key in the body, a preflight for its headers', async () => {
      const asked = {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-retry-count',
      };
      const preflight = await fetch(`${collector.url}/v1/t`, { method: 'OPTIONS', headers: asked });
      expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
        204,
        'authorization,content-type,x-retry-count',
      ]);
      const response = await post('/v1/t', JSON.stringify({ ...track, userId: null, anonymousId: 'a', writeKey: KEY }), {
        'content-type': 'text/plain',
        origin: 'https://shop.example',
      });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      expect(events()[0]!.userKey).toBe('shop:a');
    });

    it('analytics-next: settings and its own metrics', async () => {
      const settings = await fetch(`${collector.url}/v1/projects/${KEY}/settings`);
      expect(await settings.json()).toMatchObject({ integrations: { 'Segment.io': { apiKey: KEY } } });
      expect((await fetch(`${collector.url}/v1/projects/nope/settings`)).status).toBe(401);
      expect((await post('/v1/m', '{}', {})).status).toBe(200);
    });

    it('Rudder beacons: key in the address, no headers', async () => {
      expect(await (await post(`/beacon/v1/batch?writeKey=${KEY}`, JSON.stringify({ batch: [track] }), {})).json()).toMatchObject({
        accepted: 1,
      });
    });

    it.each([
      ['deflate', deflateSync],
      ['deflate', deflateRawSync],
      ['br', brotliCompressSync],
      ['gzip', (text: string) => gzipSync(`${text}${' '.repeat(1000)}`)],
    ])('%s bodies', async (encoding, compress) => {
      expect((await post('/v1/track', compress(JSON.stringify(track)), { ...JSON_TYPE, 'content-encoding': encoding })).status).toBe(200);
    });
  });

  describe('the catalogue API', () => {
    it('takes one item, several, and a removal', async () => {
      const mug = { item_id: 'mug', title: 'Mug', price: 3.5, currency: 'GBP', category: 'kitchen', colour: 'red' };
      expect(await (await post('/v1/catalog/items', JSON.stringify(mug))).json()).toMatchObject({ accepted: 1 });
      expect(await (await post('/v1/catalog/items', JSON.stringify([mug, { title: 'no id' }]))).json()).toMatchObject({
        accepted: 1,
        rejected: 1,
      });
      await fetch(`${collector.url}/v1/catalog/items/mug`, { method: 'DELETE', headers: { authorization: BASIC } });
      const records = published(TOPICS.catalogItems);
      const { itemId, sourceId, title, category, priceMinor, currency, attributesJson } = ITEM.decode(records[0]!.value);
      expect({ itemId, sourceId, title, category, priceMinor, currency }).toEqual({
        itemId: 'mug',
        sourceId: 'shop',
        title: 'Mug',
        category: 'kitchen',
        priceMinor: 350,
        currency: 'GBP',
      });
      expect(Buffer.from(attributesJson).toString()).toBe('{"colour":"red"}');
      expect(records.map(({ key, value }) => [key, value === null])).toEqual([
        ['mug', false],
        ['mug', false],
        ['mug', true],
      ]);
    });
  });

  describe('bad requests', () => {
    const one = JSON.stringify(track);

    it.each([
      ['malformed JSON', '/v1/track', '{"a":', JSON_TYPE, 400, 'JSON_MALFORMED'],
      ['no body', '/v1/track', '', JSON_TYPE, 400, 'JSON_MALFORMED'],
      ['a batch without events', '/v1/batch', '{"batch":{}}', JSON_TYPE, 400, 'EVENT_INVALID'],
      ['no write key', '/v1/track', one, {}, 401, 'WRITE_KEY_MISSING'],
      [
        'a wrong write key',
        '/v1/track',
        one,
        { authorization: `Basic ${Buffer.from('wrong:').toString('base64')}` },
        401,
        'WRITE_KEY_UNKNOWN',
      ],
      ['a wrong write key in the body', '/v1/track', JSON.stringify({ ...track, writeKey: 'wrong' }), {}, 401, 'WRITE_KEY_UNKNOWN'],
      ['an unknown encoding', '/v1/track', one, { ...JSON_TYPE, 'content-encoding': 'zstd' }, 415, 'ENCODING_UNSUPPORTED'],
      ['gzip that is none', '/v1/track', one, { ...JSON_TYPE, 'content-encoding': 'gzip' }, 400, 'JSON_MALFORMED'],
      ['too large a request', '/v1/track', `"${'x'.repeat(4 * 1024 * 1024)}"`, JSON_TYPE, 413, 'REQUEST_TOO_LARGE'],
      ['too many events', '/v1/batch', `{"batch":[${'0,'.repeat(5_000)}0]}`, JSON_TYPE, 413, 'REQUEST_TOO_LARGE'],
    ])('%s', async (_name, path, body, headers, status, code) => {
      const response = await post(path, body, headers as Record<string, string>);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ success: false, error: { code } });
      expect(collector.publishCalls()).toBe(0);
    });

    it.each([
      ['small', 10 * 1024 * 1024],
      ['large', 50 * 1024 * 1024],
    ])('a %s compression bomb', async (_name, size) => {
      const response = await post('/v1/batch', gzipSync(Buffer.alloc(size, 0x20)), { ...JSON_TYPE, 'content-encoding': 'gzip' });
      expect([response.status, await response.json()]).toMatchObject([413, { error: { code: 'REQUEST_TOO_LARGE' } }]);
    });

    it('deep nesting is an event like any other', async () => {
      const body = `{"userId":"u","event":"e","properties":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`;
      expect((await post('/v1/track', body)).status).toBe(200);
    });

    it('text that is not UTF-8 costs a letter, not the batch', async () => {
      const body = Buffer.from(JSON.stringify({ ...track, traits: { name: 'caf?' } }).replace('?', '\u00e9'), 'latin1');
      expect((await post('/v1/track', body)).status).toBe(200);
      expect(Buffer.from(events()[0]!.payloadJson).toString()).toBe('{"traits":{"name":"caf\ufffd"}}');
    });
  });

  describe('when something is away', () => {
    it('the log: 503, and 200 once it is back', async () => {
      collector.failPublish(new AppError('LOG_UNAVAILABLE', 'no broker', { retryable: true }));
      const response = await post('/v1/track', JSON.stringify(track));
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      collector.reset();
      expect((await post('/v1/track', JSON.stringify(track))).status).toBe(200);
    });

    it('room in the log: 429 with whole seconds', async () => {
      collector.failPublish(new AppError('OVERLOADED', 'full', { retryable: true }));
      const response = await post('/v1/track', JSON.stringify(track));
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
    });

    it('room in memory: requests beyond the bound get 429 before their body is read, and all is released', async () => {
      const gate = collector.holdPublish();
      const pad = ' '.repeat(3 * 1024 * 1024);
      const first = post('/v1/track', JSON.stringify(track) + pad);
      await gate.reached;
      const second = await post('/v1/track', JSON.stringify(track) + pad);
      expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
      gate.open();
      expect((await first).status).toBe(200);
      expect((await post('/v1/track', JSON.stringify(track) + pad)).status).toBe(200);
    });

    it('the database: known keys work, unknown ones get 503 and not 401', async () => {
      await post('/v1/track', JSON.stringify(track));
      collector.failDatabase(new AppError('DATABASE_UNAVAILABLE', 'no database', { retryable: true }));
      expect((await post('/v1/track', JSON.stringify(track))).status).toBe(200);
      expect(
        (await post('/v1/track', JSON.stringify(track), { authorization: `Basic ${Buffer.from('new:').toString('base64')}` })).status,
      ).toBe(503);
    });

    it('a bug of ours: 500, which clients try again', async () => {
      collector.failPublish(new TypeError('bug'));
      const response = await post('/v1/track', JSON.stringify(track));
      expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('bug') as string]);
    });
  });
});
