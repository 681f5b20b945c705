import { EVENT, REJECTED_EVENT, TOPICS, VIOLATION } from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import { startCollector, type TestCollector } from '../../test/start-collector';

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const order = { order_id: 'o1', total: 12.5, currency: 'GBP', products: [{ product_id: 'p1', price: 12.5, quantity: 1 }] };
const good = { type: 'track', event: 'Order Completed', userId: 'u1', messageId: 'm1', properties: order };
const bad = { type: 'track', event: 'Order Completed', userId: 'u1', messageId: 'm2', properties: { ...order, order_id: undefined } };
const other = { type: 'track', event: 'Newsletter Signed Up', userId: 'u1', messageId: 'm3' };

async function sent(settings: object, batch: readonly object[], headers: Record<string, string> = {}) {
  const collector: TestCollector = await startCollector({ sourceId: 'shop', writeKey: 'key' }, { settings });
  try {
    const answer = await fetch(`${collector.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('key:')}`, ...headers },
      body: JSON.stringify({ batch }),
    });
    const on = ({ name }: { name: string }): OutboundRecord[] => collector.published.filter(({ topic }) => topic === name);
    return {
      status: answer.status,
      body: (await answer.json()) as { accepted: number; rejected: number; dropped: number; errors: { code: string; reason: string }[] },
      events: on(TOPICS.events).map(({ value }) => EVENT.decode(value!)),
      rejected: on(TOPICS.rejected).map(({ value }) => REJECTED_EVENT.decode(value!)),
      violations: on(TOPICS.violations).map(({ value }) => VIOLATION.decode(value!)),
    };
  } finally {
    await collector.close();
  }
}

describe('a source with a tracking plan', () => {
  const plan = { id: 'segment-ecommerce', version: 1 };

  it('that allows takes every event as it is, and reports', async () => {
    const { body, events, violations } = await sent({ plan: { ...plan, mode: 'allow' } }, [good, bad, other]);
    expect(body).toMatchObject({ accepted: 3, rejected: 0 });
    expect(events.map(({ trackingPlan, violationCount }) => [trackingPlan, violationCount])).toEqual(Array(3).fill(['', 0]));
    expect(violations.map(({ messageId, mode, description }) => [messageId, mode, description])).toEqual([
      ['m2', 'allow', 'properties.order_id is required'],
    ]);
  });

  it('that flags tells on each event how often it breaks the plan', async () => {
    const { events, violations } = await sent({ plan: { ...plan, mode: 'flag' } }, [good, bad, other]);
    expect(events.map(({ trackingPlan, violationCount }) => [trackingPlan, violationCount])).toEqual([
      ['segment-ecommerce@1', 0],
      ['segment-ecommerce@1', 1],
      ['segment-ecommerce@1', 0],
    ]);
    expect(violations).toHaveLength(1);
  });

  it('that blocks rejects what breaks it, keeps the bytes and takes the rest', async () => {
    const { status, body, events, rejected, violations } = await sent({ plan: { ...plan, mode: 'block' } }, [good, bad, other]);
    expect([status, body.accepted, body.rejected]).toEqual([200, 2, 1]);
    expect(body.errors).toEqual([
      { index: 1, code: 'EVENT_BLOCKED', reason: 'tracking plan segment-ecommerce@1: properties.order_id is required' },
    ]);
    expect(events.map(({ messageId }) => messageId)).toEqual(['m1', 'm3']);
    expect(rejected.map(({ code, original }) => [code, Buffer.from(original).toString()])).toEqual([
      ['EVENT_BLOCKED', JSON.stringify(bad)],
    ]);
    expect(violations.map(({ mode }) => mode)).toEqual(['block']);
  });

  it('may block only what the plan does not name', async () => {
    const { body, events } = await sent({ plan: { ...plan, mode: 'flag' }, unplannedEvents: 'block' }, [good, bad, other]);
    expect(body.errors.map(({ reason }) => reason)).toEqual([
      'tracking plan segment-ecommerce@1: the track call "Newsletter Signed Up" is not in the plan',
    ]);
    expect(events.map(({ messageId, violationCount }) => [messageId, violationCount])).toEqual([
      ['m1', 0],
      ['m2', 1],
    ]);
  });

  it('goes on collecting when its plan is not there', async () => {
    const { body, violations } = await sent({ plan: { id: 'segment-ecommerce', version: 99, mode: 'block' } }, [bad]);
    expect(body).toMatchObject({ accepted: 1, rejected: 0 });
    expect(violations).toEqual([]);
  });
});

describe('events of a page', () => {
  const page = { url: 'https://shop.example/?utm_medium=email&utm_campaign=spring', referrer: '' };

  it('carry what the request and their context tell', async () => {
    const { events } = await sent(
      {},
      [
        { ...good, context: { page } },
        { ...good, messageId: 'm9' },
      ],
      { 'user-agent': CHROME },
    );
    expect(events.map(({ enrichment }) => [enrichment?.browser, enrichment?.device, enrichment?.medium, enrichment?.campaignName])).toEqual(
      [
        ['Chrome', 'desktop', 'email', 'spring'],
        ['Chrome', 'desktop', '', ''],
      ],
    );
  });

  it('are marked or dropped when they come from the source’s own people, or from crawlers', async () => {
    const internal = (action: string) => ({ internal: { cidrs: ['127.0.0.0/8', '::1/128'], action } });
    const { events } = await sent(internal('mark'), [good], { 'user-agent': CHROME });
    expect(events.map(({ enrichment }) => enrichment?.internal)).toEqual([true]);
    expect((await sent(internal('drop'), [good], { 'user-agent': CHROME })).body).toMatchObject({ accepted: 0, dropped: 1 });
    const crawled = { ...good, context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } };
    expect((await sent({}, [crawled])).events.map(({ enrichment }) => enrichment?.bot)).toEqual([true]);
    expect((await sent({ bots: 'drop' }, [crawled, good])).body).toMatchObject({ accepted: 1, dropped: 1 });
  });

  it('of a server’s SDK are neither', async () => {
    const settings = { internal: { cidrs: ['127.0.0.0/8', '::1/128'], action: 'drop' }, bots: 'drop' };
    const { body, events } = await sent(settings, [good], { 'user-agent': 'analytics-node-next/latest' });
    expect(body).toMatchObject({ accepted: 1, dropped: 0 });
    expect(events[0]!.enrichment).toBeNull();
  });
});
