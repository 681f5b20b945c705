import { startCollector, type TestCollector } from '../../test/start-collector';
import { DEFAULT_SETTINGS } from '../source-settings';
import type { Entry } from '../entries';
import { createDebugView, SHOWN_BYTES } from './debug-view';
import { anEvent } from '@tradewind/testing';
import { Fault } from '../fault';

const KEY = 'debug-key';
let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector({ sourceId: 'shop', writeKey: KEY, scopes: ['events', 'catalog', 'posts', 'debug'] });
});
beforeEach(async () => {
  collector.reset();
  await call('POST', '/v1/debug/reset');
});
afterAll(() => collector.close());

function call(method: string, path: string, body?: string, key = KEY): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  return fetch(`${collector.url}${path}`, { method, headers: { authorization }, ...(body !== undefined && { body }) });
}
const read = async (path: string) => (await (await call('GET', path)).json()) as Record<string, unknown> & Record<string, unknown>[];
const batch = (...events: object[]) => call('POST', '/v1/batch', JSON.stringify({ batch: events }));
const good = { type: 'track', event: 'Signed Up', userId: 'u1', messageId: 'm1', properties: { plan: 'pro' } };
const bad = { type: 'track', event: 'Broken', userId: 'u2', messageId: 'm2', timestamp: 'yesterday' };

describe('the debug view', () => {
  it('counts what became of the events and shows them, the newest first', async () => {
    await batch(good, bad, { ...good, messageId: 'm3', event: 'Left' });
    expect(await read('/v1/debug/events')).toMatchObject({
      sourceId: 'shop',
      total: 3,
      good: 2,
      bad: 1,
      badBy: { EVENT_INVALID: 1 },
      dropped: 0,
    });
    expect(await read('/v1/debug/good')).toMatchObject([
      { name: 'Left', messageId: 'm3' },
      {
        kind: 'event',
        type: 'track',
        name: 'Signed Up',
        messageId: 'm1',
        message: { userId: 'u1', payload: { properties: { plan: 'pro' } } },
      },
    ]);
    expect(await read('/v1/debug/bad')).toMatchObject([
      {
        code: 'EVENT_INVALID',
        reason: expect.stringMatching(/^timestamp/) as string,
        field: 'timestamp',
        messageId: 'm2',
        original: JSON.stringify(bad),
      },
    ]);
  });

  it("filters, and speaks Snowplow Micro's words", async () => {
    await batch(good, { ...good, messageId: 'm3', event: 'Left', userId: 'u9' }, bad);
    expect((await read('/v1/debug/good?name=LEFT')).map(({ messageId }) => messageId)).toEqual(['m3']);
    expect((await read('/v1/debug/good?id=u1')).map(({ messageId }) => messageId)).toEqual(['m1']);
    expect(await read('/v1/debug/bad?id=u1')).toEqual([]);
    expect(await read('/v1/debug/good?limit=1')).toHaveLength(1);
    expect(await read('/micro/all')).toEqual({ total: 3, good: 2, bad: 1 });
    expect([(await read('/micro/good')).length, (await read('/micro/bad')).length]).toEqual([2, 1]);
    expect(await read('/micro/reset')).toEqual({ total: 0, good: 0, bad: 0 });
    expect(await read('/micro/bad')).toEqual([]);
  });

  it('shows items and posts too', async () => {
    await call('POST', '/v1/catalog/items', '{"item_id":"sku1","title":"Kettle"}');
    await call('POST', '/v1/social/posts', '{"post_id":"p1","brand":"Acme","text":"ok"}');
    expect(await read('/v1/debug/good')).toMatchObject([
      { kind: 'post', name: 'Acme', message: { text: 'ok' } },
      { kind: 'item', name: 'sku1', message: { title: 'Kettle' } },
    ]);
  });

  it('counts nothing that the log did not take', async () => {
    collector.failPublish(new Error('a bug'));
    expect((await batch(good)).status).toBe(500);
    expect(await read('/micro/all')).toEqual({ total: 0, good: 0, bad: 0 });
  });

  it('needs a key with the scope, and a browser asks for it', async () => {
    const other = await startCollector({ sourceId: 'shop', writeKey: 'public' });
    const withKey = await fetch(`${other.url}/v1/debug/events?writeKey=public`);
    const without = await fetch(`${other.url}/v1/debug`);
    await other.close();
    expect([withKey.status, await withKey.json()]).toMatchObject([403, { error: { code: 'SCOPE_MISSING' } }]);
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic /)]);
  });

  it('is a page on which nothing of an event can run', async () => {
    await batch({ ...good, event: '<script>alert(1)</script>' }, { ...bad, event: '"><img src=x onerror=alert(2)>' });
    const response = await call('GET', `/v1/debug?name=${encodeURIComponent('"><script>')}`);
    const filtered = await response.text();
    const page = await (await call('GET', '/v1/debug?refresh=0')).text();
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    for (const html of [filtered, page]) expect(html).not.toMatch(/<script|<img/);
    expect(filtered).toMatch(/http-equiv="refresh" content="5"/);
    expect(page).not.toMatch(/http-equiv="refresh"/);
    expect(page).toMatch(/<mark>&#34;timestamp&#34;: &#34;yesterday&#34;<\/mark>/);
  });
});

describe('what the view keeps', () => {
  const source = (sourceId: string, rejected: 'keep' | 'redact' = 'keep') => ({
    sourceId,
    scopes: [],
    settings: { ...DEFAULT_SETTINGS, rejected },
  });
  const entry = (change: Partial<Entry>): Entry => ({
    raw: { value: 1, bytes: Buffer.alloc(100_000, 'x') },
    event: undefined,
    item: undefined,
    post: undefined,
    dropped: undefined,
    rejected: undefined,
    violations: [],
    ...change,
  });
  const refused = entry({ rejected: { fault: new Fault('EVENT_INVALID', 'why'), messageId: 'm' } });

  it('is bounded in entries, in bytes and in sources', () => {
    const view = createDebugView(() => 0);
    for (let i = 0; i < 120; i++)
      view.observe(source('a'), [entry({ event: anEvent({ messageId: `m${i}`, payloadJson: Buffer.alloc(i * 100) }) }), refused]);
    const { good, bad, lastGood, lastBad } = view.of('a');
    expect([good, bad, lastGood.length, lastBad.length]).toEqual([120, 120, 50, 50]);
    expect(lastGood[0]!.message).toMatchObject({ event: { messageId: 'm119' } });
    expect(lastGood[49]!.message).toMatchObject({ event: { messageId: 'm70' } });
    expect(lastBad[0]!.bytes.length).toBe(SHOWN_BYTES);
    // A copy of its own: not the request's body.
    expect(lastBad[0]!.bytes.buffer.byteLength).toBeLessThan(10_000);
    for (let i = 0; i < 300; i++) view.observe(source(`s${i}`), [refused]);
    expect([view.of('a').bad, view.of('s299').bad]).toEqual([0, 1]);
  });

  it('holds no bytes of a source that wants none kept, and counts what was dropped by reason', () => {
    const view = createDebugView(() => 0);
    view.observe(source('a', 'redact'), [refused, entry({ dropped: 'consent' }), entry({ dropped: 'duplicate' })]);
    expect(view.of('a')).toMatchObject({
      bad: 1,
      dropped: 2,
      droppedBy: { consent: 1, duplicate: 1 },
      lastBad: [{ bytes: Buffer.alloc(0), size: 100_000 }],
    });
  });
});
