import { eventually } from '@tradewind/testing';
import { openCollector, payloadOf, type OpenCollector } from './clients/open-collector';

/** Every stage works in the service as it is put together: a stage that is written and not wired in would show here. */
describe('the stages of the running collector', () => {
  let collector: OpenCollector;

  beforeAll(async () => {
    collector = await openCollector({
      sources: {
        shop: {
          scopes: ['events', 'privacy', 'debug'],
          settings: {
            plan: { id: 'segment-ecommerce', version: 1, mode: 'flag' },
            consent: { categories: { Ads: 'advertising', Stats: 'analytics' } },
            bots: 'drop',
            dropFields: ['traits.iban'],
          },
        },
        slow: { settings: { rateLimit: { eventsPerSecond: 1, burst: 2 } } },
      },
    });
  });

  afterAll(() => collector.close());

  const post = async (path: string, body: object, sourceId = 'shop', headers: Record<string, string> = {}) => {
    const authorization = `Basic ${Buffer.from(`${collector.source(sourceId).writeKey}:`).toString('base64')}`;
    const answer = await fetch(`${collector.url}${path}`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: (await answer.json()) as Record<string, unknown> };
  };
  const track = (fields: object, headers?: Record<string, string>) =>
    post('/v1/track', { event: 'Product Viewed', properties: { product_id: 'p' }, ...fields }, 'shop', headers);
  const find = async (messageId: string) => (await collector.source('shop').events()).filter((event) => event.messageId === messageId);

  it('publishes an event once, however often it is sent', async () => {
    for (let i = 0; i < 3; i++) expect((await track({ userId: 'u', messageId: 'once' })).body).toMatchObject({ accepted: 1 });
    expect(await find('once')).toHaveLength(1);
  });

  it('puts the events of an anonymous visitor under the user it turned out to be', async () => {
    await track({ anonymousId: 'a1', messageId: 'before' });
    await post('/v1/identify', { anonymousId: 'a1', userId: 'ada', messageId: 'login' });
    await track({ anonymousId: 'a1', messageId: 'after' });
    expect([...(await find('before')), ...(await find('after'))].map(({ userKey }) => userKey)).toEqual(['shop:a1', 'shop:ada']);
  });

  it('checks the tracking plan of the source', async () => {
    await track({ userId: 'u', messageId: 'unplanned', properties: { product_id: 7 } });
    expect(await find('unplanned')).toMatchObject([{ trackingPlan: 'segment-ecommerce@1', violationCount: 1 }]);
  });

  it('honours consent, per purpose', async () => {
    const context = (Ads: boolean, Stats: boolean) => ({ consent: { categoryPreferences: { Ads, Stats } } });
    expect((await track({ userId: 'u', messageId: 'no', context: context(true, false) })).body).toMatchObject({ accepted: 0, dropped: 1 });
    await track({ userId: 'u', messageId: 'some', context: context(false, true) });
    await track({ userId: 'u', messageId: 'gpc' }, { 'sec-gpc': '1' });
    expect(await find('no')).toEqual([]);
    expect([...(await find('some')), ...(await find('gpc'))].map(({ deniedPurposes }) => deniedPurposes)).toEqual([
      ['advertising'],
      ['advertising'],
    ]);
  });

  it('collects nothing of a suppressed person, under any linked id', async () => {
    await post('/v1/identify', { anonymousId: 'a2', userId: 'bob' });
    expect((await post('/v1/privacy/suppressions', { regulation: 'SUPPRESS_ONLY', subjects: ['bob'] })).status).toBe(200);
    await eventually(
      async () => {
        for (const identity of [{ userId: 'bob' }, { anonymousId: 'a2' }])
          expect((await track(identity)).body).toMatchObject({ dropped: 1 });
      },
      { timeoutMs: 5_000 },
    );
  });

  it('enriches, drops bots, cuts addresses and drops fields', async () => {
    const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
    const context = { userAgent, ip: '203.0.113.77', campaign: { source: 'news', medium: 'email' } };
    await post('/v1/identify', { userId: 'u', messageId: 'rich', traits: { iban: 'DE00', plan: 'pro' }, context });
    const [event] = await find('rich');
    expect(event!.enrichment).toMatchObject({ browser: 'Chrome', os: 'Windows', device: 'desktop', campaignSource: 'news' });
    expect(payloadOf(event!)).toMatchObject({ traits: { plan: 'pro' }, context: { ip: '203.0.113.0' } });
    expect(payloadOf(event!).traits).not.toHaveProperty('iban');
    const bot = await track({ userId: 'u', context: { userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' } });
    expect(bot.body).toMatchObject({ accepted: 0, dropped: 1 });
  });

  it('limits the rate of a source, with whole seconds to wait', async () => {
    const send = () => post('/v1/batch', { batch: [1, 2].map(() => ({ type: 'track', event: 'x', userId: 'u' })) }, 'slow');
    expect((await send()).status).toBe(200);
    const limited = await send();
    expect(limited).toMatchObject({ status: 429, body: { error: { code: 'RATE_LIMITED' } } });
    expect(limited.retryAfter).toMatch(/^[1-9]\d*$/);
  });

  it('shows the last good and the last bad event', async () => {
    await track({ event: '', userId: 'u' });
    const authorization = `Basic ${Buffer.from(`${collector.source('shop').writeKey}:`).toString('base64')}`;
    const view = await fetch(`${collector.url}/v1/debug/bad`, { headers: { authorization } });
    expect(JSON.stringify(await view.json())).toContain('EVENT_INVALID');
  });
});
