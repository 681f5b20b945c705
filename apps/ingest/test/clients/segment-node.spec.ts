import { Analytics, type TrackParams } from '@segment/analytics-node';
import { EventType, type Event } from '@tradewind/contracts';
import { openCollector, payloadOf, type OpenCollector, type TestSource } from './open-collector';

describe('@segment/analytics-node, unmodified', () => {
  let collector: OpenCollector;

  beforeAll(async () => {
    collector = await openCollector({ sources: { types: {}, batches: {}, order: {}, sizes: {}, huge: {} } });
  });
  afterAll(() => collector.close());

  const client = ({ writeKey }: TestSource, flushAt = 15) => new Analytics({ writeKey, host: collector.url, maxRetries: 0, flushAt });

  it('sends every type of call, each arriving once with its fields', async () => {
    const source = collector.source('types');
    const analytics = client(source);
    analytics.identify({ userId: 'u1', traits: { email: 'a@b.c', plan: 'free' } });
    analytics.track({ userId: 'u1', event: 'Order Completed', properties: { order_id: 'o1', total: 12.5, currency: 'EUR' } });
    analytics.page({ userId: 'u1', name: 'Home', category: 'Shop', properties: { url: 'https://shop.example/' } });
    analytics.screen({ anonymousId: 'anon-2', name: 'Start' });
    analytics.group({ userId: 'u1', groupId: 'g1', traits: { seats: 3 } });
    analytics.alias({ userId: 'u2', previousId: 'u3' });
    await analytics.closeAndFlush();

    const events = await source.eventsOnce(6);
    expect(events).toHaveLength(6);
    const of = (type: EventType) => events.find((event) => event.type === type) as Event;
    expect(of(EventType.EVENT_TYPE_IDENTIFY)).toMatchObject({ sourceId: 'types', userId: 'u1', userKey: 'types:u1' });
    expect(payloadOf(of(EventType.EVENT_TYPE_IDENTIFY)).traits).toEqual({ email: 'a@b.c', plan: 'free' });
    expect(of(EventType.EVENT_TYPE_TRACK)).toMatchObject({
      name: 'Order Completed',
      orderId: 'o1',
      valueMinor: 1250,
      currency: 'EUR',
      messageId: expect.stringMatching(/^node-next-\d+-[0-9a-f-]+$/) as string,
    });
    expect(of(EventType.EVENT_TYPE_PAGE)).toMatchObject({ name: 'Home', userId: 'u1' });
    expect(of(EventType.EVENT_TYPE_SCREEN)).toMatchObject({ name: 'Start', anonymousId: 'anon-2', userId: '' });
    expect(of(EventType.EVENT_TYPE_GROUP)).toMatchObject({ userId: 'u1', groupId: 'g1' });
    expect(of(EventType.EVENT_TYPE_ALIAS)).toMatchObject({ userId: 'u2', previousId: 'u3' });
  });

  it('sends batches when they are full and the rest on close', async () => {
    const source = collector.source('batches');
    const analytics = client(source, 7);
    for (let i = 0; i < 50; i++) analytics.track({ userId: `u${i % 5}`, event: 'Step', properties: { n: i } });
    await analytics.closeAndFlush();

    const numbers = (await source.eventsOnce(50)).map(numberOf);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('keeps the order of each user within a batch', async () => {
    const source = collector.source('order');
    const analytics = client(source, 20);
    for (let i = 0; i < 20; i++) analytics.track({ userId: `u${i % 2}`, event: 'Step', properties: { n: i } });
    await analytics.closeAndFlush();

    const events = await source.eventsOnce(20);
    for (const user of [0, 1]) {
      const numbers = events.filter(({ userId }) => userId === `u${user}`).map(numberOf);
      expect(numbers).toEqual(Array.from({ length: 10 }, (_, i) => 2 * i + user));
    }
  });

  it('has events of 60 KB in a batch: they are kept as rejected, the other arrives, and nothing fails', async () => {
    const source = collector.source('sizes');
    const analytics = client(source);
    const errors: unknown[] = [];
    analytics.on('error', (error) => errors.push(error));
    const big = 'a'.repeat(60 * 1024);
    const delivered = await Promise.all(
      Array.from({ length: 15 }, (_, i) => track(analytics, { userId: `u${i}`, event: 'Big', properties: { x: i === 7 ? '' : big } })),
    );
    await analytics.closeAndFlush();

    expect([delivered.every(Boolean), errors]).toEqual([true, []]);
    expect((await source.eventsOnce(1)).map(({ userId }) => userId)).toEqual(['u7']);
    const rejected = await source.rejected();
    expect(rejected.map(({ code }) => code)).toEqual(Array(14).fill('EVENT_TOO_LARGE'));
    expect(rejected.every(({ original }) => original.length > big.length)).toBe(true);
  });

  it('is told 413 for a batch over 4 MiB, not cut off, and does not send it again and again', async () => {
    const source = collector.source('huge');
    const analytics = new Analytics({ writeKey: source.writeKey, host: collector.url, maxRetries: 2, flushAt: 80 });
    const statuses: unknown[] = [];
    const reasons: unknown[] = [];
    analytics.on('http_response', ({ status }) => statuses.push(status));
    analytics.on('error', ({ reason }) => reasons.push(reason));
    for (let i = 0; i < 80; i++) analytics.track({ userId: `u${i}`, event: 'Big', properties: { x: 'a'.repeat(60 * 1024) } });
    await analytics.closeAndFlush();

    expect(statuses).toEqual([413]);
    expect(reasons).toHaveLength(80);
    expect(await source.events()).toEqual([]);
  });
});

function numberOf(event: Event): number {
  return payloadOf(event).properties!['n'] as number;
}

/** True when the client counts it as delivered. */
function track(analytics: Analytics, params: TrackParams): Promise<boolean> {
  return new Promise((resolve) => analytics.track(params, (error) => resolve(!error)));
}
