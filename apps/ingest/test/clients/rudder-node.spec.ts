import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { EventType } from '@tradewind/contracts';
import { openCollector, payloadOf, type OpenCollector } from './open-collector';

describe.each([
  ['gzip, with the content type of a form', true],
  ['gzip: false', false],
])('@rudderstack/rudder-sdk-node, unmodified, %s', (_name, gzip) => {
  let collector: OpenCollector;

  beforeAll(async () => {
    collector = await openCollector({ sources: { shop: {} } });
  });
  afterAll(() => collector.close());

  it('sends every type of call, each arriving once with its fields', async () => {
    const source = collector.source('shop');
    const failures: unknown[] = [];
    const client = new RudderAnalytics(source.writeKey, {
      dataPlaneUrl: collector.url,
      gzip,
      retryCount: 0,
      errorHandler: (error: unknown) => void failures.push(error),
    });
    client.identify({ userId: 'u1', traits: { email: 'a@b.c' } });
    // Numbers, as callers in JavaScript do: the client makes texts of them.
    client.identify({ userId: 5 as unknown as string, traits: { number: true } });
    client.track({ userId: 'u1', event: 'Order Completed', properties: { order_id: 'o & 1=2', revenue: 9.99, currency: 'GBP' } });
    client.page({ userId: 'u1', name: 'Home' });
    client.screen({ anonymousId: 'anon-2', name: 'Start' });
    client.group({ userId: 'u1', groupId: 77 as unknown as string });
    client.alias({ previousId: 'old', userId: 'u2' });
    await flushAll(client);

    expect(failures).toEqual([]);
    const events = await source.eventsOnce(7);
    const shown = events.map(({ type, userId, anonymousId, previousId, groupId, name }) => ({
      type,
      userId,
      anonymousId,
      previousId,
      groupId,
      name,
    }));
    const none = { userId: '', anonymousId: '', previousId: '', groupId: '', name: '' };
    expect(shown).toHaveLength(7);
    expect(shown).toEqual(
      expect.arrayContaining([
        { ...none, type: EventType.EVENT_TYPE_IDENTIFY, userId: 'u1' },
        { ...none, type: EventType.EVENT_TYPE_IDENTIFY, userId: '5' },
        { ...none, type: EventType.EVENT_TYPE_TRACK, userId: 'u1', name: 'Order Completed' },
        { ...none, type: EventType.EVENT_TYPE_PAGE, userId: 'u1', name: 'Home' },
        { ...none, type: EventType.EVENT_TYPE_SCREEN, anonymousId: 'anon-2', name: 'Start' },
        { ...none, type: EventType.EVENT_TYPE_GROUP, userId: 'u1', groupId: '77' },
        { ...none, type: EventType.EVENT_TYPE_ALIAS, userId: 'u2', previousId: 'old' },
      ]),
    );
    const order = events.find(({ name }) => name === 'Order Completed')!;
    expect(order).toMatchObject({
      orderId: 'o & 1=2',
      valueMinor: 999,
      currency: 'GBP',
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(payloadOf(order).context).toMatchObject({ library: { name: 'analytics-node' } });
  });
});

/** The client's own flush sends at most one batch. */
async function flushAll(client: RudderAnalytics): Promise<void> {
  const { queue } = client as unknown as { queue: readonly unknown[] };
  do await client.flush();
  while (queue.length > 0);
}
