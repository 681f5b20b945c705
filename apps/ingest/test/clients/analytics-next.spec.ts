import { AppError, EventType } from '@tradewind/contracts';
import { describeWithBrowser, eventually } from '@tradewind/testing';
import { openBrowser, type Browser } from './open-browser';
import { openCollector, payloadOf, type OpenCollector } from './open-collector';
import { openRelay, type Relay } from './relay';

describeWithBrowser('@segment/analytics-next in Chromium, unmodified, from another origin', (chromium) => {
  let collector: OpenCollector;
  let relay: Relay;
  let browser: Browser;

  beforeAll(async () => {
    collector = await openCollector({ sources: { single: {}, batching: {}, retry: {}, unload: {}, limited: {} } });
    relay = await openRelay(collector.url);
    browser = await openBrowser(chromium);
  });
  afterAll(async () => {
    await browser?.close();
    await relay?.close();
    await collector?.close();
  });

  it('takes its settings from here and sends every type of call, one request each', async () => {
    const source = collector.source('single');
    const page = await browser.open({ server: relay.url, writeKey: source.writeKey });
    await page.evaluate(`(async () => {
      await analytics.page('Shop', 'Home');
      await analytics.track('Order Completed', { order_id: 'o1', total: 20, currency: 'EUR' });
      // Once it knows a user, the library sends that one as the alias's userId.
      await analytics.alias('u1', 'u0');
      await analytics.identify('u1', { email: 'a@b.c' });
      await analytics.group('g1', { seats: 2 });
      await analytics.screen('Start');
    })()`);

    const events = await source.eventsOnce(6);
    expect(events).toHaveLength(6);
    const of = (type: EventType) => events.find((event) => event.type === type)!;
    const anonymousId = of(EventType.EVENT_TYPE_PAGE).anonymousId;
    expect(anonymousId).toMatch(/^[0-9a-f-]{36}$/);
    expect(of(EventType.EVENT_TYPE_PAGE)).toMatchObject({ name: 'Home', userId: '' });
    expect(of(EventType.EVENT_TYPE_TRACK)).toMatchObject({
      anonymousId,
      name: 'Order Completed',
      orderId: 'o1',
      valueMinor: 2000,
      messageId: expect.stringMatching(/^ajs-next-/) as string,
    });
    expect(payloadOf(of(EventType.EVENT_TYPE_TRACK)).context).toMatchObject({ page: { title: 'Shop' } });
    expect(of(EventType.EVENT_TYPE_IDENTIFY)).toMatchObject({ userId: 'u1', anonymousId });
    expect(of(EventType.EVENT_TYPE_GROUP)).toMatchObject({ groupId: 'g1', userId: 'u1' });
    expect(of(EventType.EVENT_TYPE_ALIAS)).toMatchObject({ userId: 'u1', previousId: 'u0' });
    expect(of(EventType.EVENT_TYPE_SCREEN)).toMatchObject({ name: 'Start' });
    const paths = relay.exchanges.map(({ method, path }) => `${method} ${path}`);
    expect(paths).toContain(`GET /v1/projects/${source.writeKey}/settings`);
    expect(paths).toEqual(expect.arrayContaining(['p', 't', 'i', 'g', 'a', 's'].map((path) => `POST /v1/${path}`)));
  });

  it('sends batches', async () => {
    const source = collector.source('batching');
    const segment = { deliveryStrategy: { strategy: 'batching', config: { size: 5, timeout: 200 } } };
    const page = await browser.open({ server: relay.url, writeKey: source.writeKey, segment });
    await page.evaluate(`(async () => { for (let n = 0; n < 12; n++) await analytics.track('Step', { n }); })()`);

    const numbers = (await source.eventsOnce(12)).map((event) => payloadOf(event).properties!['n']);
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(relay.exchanges.filter(({ path }) => path === '/v1/b').length).toBeLessThan(12);
  });

  it('is answered 503 while the log is away, asks by preflight whether X-Retry-Count may be sent, and delivers once', async () => {
    const source = collector.source('retry');
    const page = await browser.open({ server: relay.url, writeKey: source.writeKey });
    const from = relay.exchanges.length;
    collector.failPublish(new AppError('LOG_UNAVAILABLE', 'away', { retryable: true }));
    await page.evaluate(`void analytics.track('Step', { n: 1 })`);
    await eventually(() => expect(relay.exchanges.slice(from).some(({ status }) => status === 503)).toBe(true));
    collector.failPublish(null);

    expect(await source.eventsOnce(1)).toHaveLength(1);
    const asked = relay.exchanges.slice(from).filter(({ method }) => method === 'OPTIONS');
    expect(asked.map(({ headers }) => headers['access-control-request-headers']).join()).toContain('x-retry-count');
    expect(asked.every(({ status }) => status === 204)).toBe(true);
    const last = relay.exchanges.filter(({ method }) => method === 'POST').at(-1)!;
    await eventually(() => expect(last.status).toBe(200));
    expect(last.headers['x-retry-count']).toMatch(/^[1-9]$/);
  });

  it('sends what is waiting when its page is left', async () => {
    const source = collector.source('unload');
    const segment = { deliveryStrategy: { strategy: 'batching', config: { size: 100, timeout: 60_000 } } };
    const page = await browser.open({ server: relay.url, writeKey: source.writeKey, segment });
    await page.evaluate(`(async () => { for (let n = 0; n < 3; n++) await analytics.track('Leaving', { n }); })()`);
    await page.goto('about:blank');

    expect(await source.eventsOnce(3)).toHaveLength(3);
  });
});
