import { AppError, EVENT, REJECTED_EVENT, TOPICS } from '@tradewind/contracts';
import fc from 'fast-check';
import { startCollector, type TestCollector } from '../../test/start-collector';
import { readPixel } from './pixel-event';

const KEY = 'pixel-key';
let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector({ sourceId: 'mail', writeKey: KEY });
});
beforeEach(() => collector.reset());
afterAll(() => collector.close());

const get = (path: string) => fetch(`${collector.url}${path}`);
const events = () => collector.published.filter(({ topic }) => topic === TOPICS.events.name).map(({ value }) => EVENT.decode(value));
const payload = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as unknown;

describe('the pixel', () => {
  it("takes RudderStack's query form and answers an image that is not cached", async () => {
    const query =
      'writeKey=pixel-key&anonymousId=%22a%201%22&userId=u1&event=Mail%20Opened&messageId=m1' +
      '&properties.campaign.name=Spring%20%26%20more&properties.n=2&context.library.name=AMP';
    const response = await get(`/pixel/v1/track?${query}`);
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      'image/gif',
      'no-store',
    ]);
    const image = Buffer.from(await response.arrayBuffer());
    expect([image.toString('latin1', 0, 6), image.readUInt16LE(6), image.readUInt16LE(8)]).toEqual(['GIF89a', 1, 1]);
    const [event] = events();
    expect(event).toMatchObject({ messageId: 'm1', name: 'Mail Opened', userId: 'u1', anonymousId: 'a 1', sourceId: 'mail' });
    expect(payload(event!.payloadJson)).toEqual({
      properties: { campaign: { name: 'Spring & more' }, n: '2' },
      context: { library: { name: 'AMP' } },
    });
  });

  it.each(['base64', 'base64url'] as const)('takes a whole event as data in %s, with the write key in it', async (coding) => {
    const event = { writeKey: KEY, anonymousId: 'a', name: 'Höme ~~?>', properties: { url: 'https://shop.example/?a=1' } };
    const data = Buffer.from(JSON.stringify(event)).toString(coding);
    for (const path of ['/pixel/v1/page', '/v1/pixel/page']) expect((await get(`${path}?data=${data}`)).status).toBe(200);
    expect(events().map(({ name }) => name)).toEqual(['Höme ~~?>', 'Höme ~~?>']);
  });

  it('is still an image when the event is refused, which is kept with the reason', async () => {
    expect((await get('/pixel/v1/track?writeKey=pixel-key&userId=u')).status).toBe(200);
    const [record] = collector.published;
    expect(record!.topic).toBe(TOPICS.rejected.name);
    expect(REJECTED_EVENT.decode(record!.value)).toMatchObject({ code: 'EVENT_INVALID', sourceId: 'mail' });
    expect(record!.headers).toMatchObject({ tw_rejected_kind: 'event', tw_rejected_type: 'track' });
  });

  it.each([
    ['no write key', '/pixel/v1/track?userId=u&event=e', 401],
    ['a wrong write key', '/pixel/v1/track?writeKey=no&userId=u&event=e', 401],
    ['data that is no JSON', '/pixel/v1/track?writeKey=pixel-key&data=%%%', 400],
  ])('answers %s without an image', async (_name, path, status) => {
    const response = await get(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
    expect(collector.published).toEqual([]);
  });

  it('answers 503 while the log is away', async () => {
    collector.failPublish(new AppError('LOG_UNAVAILABLE', 'away', { retryable: true }));
    const response = await get('/pixel/v1/page?writeKey=pixel-key&anonymousId=a');
    expect([response.status, response.headers.get('cache-control')]).toEqual([503, 'no-store']);
  });
});

describe('reading a pixel address', () => {
  it('never throws but for data, reaches no prototype and keeps every value', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__.x', 'constructor.prototype.y', 'a.b', 'a', 'a..b', '.', 'a.b.c.d.e.f.g.h.i'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        const query = Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(pairs));
        delete query['data'];
        const { event } = readPixel('track', query);
        JSON.stringify(event);
        expect(({} as Record<string, unknown>)['x'] ?? ({} as Record<string, unknown>)['y']).toBeUndefined();
      }),
    );
  });
});

describe('the beacon', () => {
  it.each(['text/plain;charset=UTF-8', 'application/json', 'application/x-www-form-urlencoded', undefined])(
    'takes what sendBeacon sends as %s',
    async (type) => {
      const body = JSON.stringify({ batch: [{ type: 'track', event: 'Left', anonymousId: 'a', messageId: 'm' }] });
      const response = await fetch(`${collector.url}/beacon/v1/batch?writeKey=${KEY}`, {
        method: 'POST',
        // A Blob without a type is sent without a content type.
        body: new Blob([body], type === undefined ? {} : { type }),
        headers: { origin: 'https://shop.example' },
      });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      expect(events().map(({ messageId }) => messageId)).toEqual(['m']);
    },
  );
});
