import { join } from 'node:path';
import { AppError, EVENT, LINK, TOPICS } from '@tradewind/contracts';
import { openMemoryMessageIdStore } from '@tradewind/feature-store';
import { eventually, useTempDir } from '@tradewind/testing';
import { startCollector, type TestCollector } from '../test/start-collector';

const WRITE_KEY = 'a-write-key';
const AWAY = new AppError('LOG_UNAVAILABLE', 'no broker', { retryable: true });

describe('the collector with what it keeps', () => {
  const dir = useTempDir();
  let collector: TestCollector;
  const start = async (env: Record<string, string> = {}) => {
    collector = await startCollector({ sourceId: 'shop', writeKey: WRITE_KEY }, { messageIds: await openMemoryMessageIdStore(), env });
  };
  afterEach(() => collector.close());

  const send = async (...batch: object[]) => {
    const headers = { authorization: `Basic ${btoa(`${WRITE_KEY}:`)}` };
    const response = await fetch(`${collector.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch }) });
    return [response.status, (await response.json()) as { accepted?: number }] as const;
  };
  const track = (messageId: string, rest: object = { userId: 'u' }) => ({ type: 'track', event: 'Seen', messageId, ...rest });
  const published = (topic: string) => collector.published.filter((record) => record.topic === topic);
  const events = () => published(TOPICS.events.name).map(({ value }) => EVENT.decode(value));
  const ids = () => events().map(({ messageId }) => messageId);

  it('publishes an event once, however often it is sent, and accepts the repeats', async () => {
    await start();
    expect(await send(track('1'), track('2'), track('1'))).toMatchObject([200, { accepted: 3 }]);
    expect(await send(track('2'), track('3'))).toMatchObject([200, { accepted: 2 }]);
    expect(ids()).toEqual(['1', '2', '3']);
  });

  it('acknowledges a concurrent repeat only with the first, and publishes it when the first failed', async () => {
    await start();
    const hold = collector.holdPublish();
    const first = send(track('1'));
    await hold.reached;
    const repeat = send(track('1'));
    collector.failPublish(AWAY);
    hold.open();
    expect((await first)[0]).toBe(503);
    // Whether the repeat came before the log was back or after, it was not taken for published.
    expect((await repeat)[0]).toBe(503);
    collector.reset();
    expect((await send(track('1')))[0]).toBe(200);
    expect(ids()).toEqual(['1']);
  });

  it('gives the events of an anonymous visitor to who identified, and publishes the link with them', async () => {
    await start();
    await send(track('1', { anonymousId: 'x' }));
    await send({ type: 'identify', messageId: '2', anonymousId: 'x', userId: 'u' }, track('3', { anonymousId: 'x' }));
    await send(track('4', { anonymousId: 'x' }));
    expect(published(TOPICS.events.name).map(({ key }) => key)).toEqual(['shop:x', 'shop:u', 'shop:u', 'shop:u']);
    const [link] = published(TOPICS.identityLinks.name);
    expect(link!.key).toBe('shop:x');
    expect(LINK.decode(link!.value)).toMatchObject({ aliasId: 'x', canonicalId: 'u', messageId: '2' });
  });

  it('without a spool answers 503 while the log is away', async () => {
    await start();
    collector.failPublish(AWAY);
    expect((await send(track('1')))[0]).toBe(503);
  });

  it('with a spool answers 200 while the log is away, stays ready, and publishes everything once, in order, when it is back', async () => {
    await start({ INGEST_SPOOL_DIR: join(dir(), 'spool') });
    await send(track('1'));
    collector.failPublish(AWAY);
    expect((await send(track('2'), track('3')))[0]).toBe(200);
    expect((await send(track('3'), track('4')))[0]).toBe(200);
    expect((await fetch(`${collector.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${collector.url}/metrics`)).text()).toMatch(/tradewind_ingest_spool_records\{service="ingest"\} 3/);
    expect(ids()).toEqual(['1']);
    collector.failPublish(null);
    expect((await send(track('5')))[0]).toBe(200);
    await eventually(() => expect(ids()).toEqual(['1', '2', '3', '4', '5']));
  });

  it('publishes in the next process what this one had spooled', async () => {
    const env = { INGEST_SPOOL_DIR: join(dir(), 'spool') };
    await start(env);
    collector.failPublish(AWAY);
    expect((await send(track('1')))[0]).toBe(200);
    await collector.close();
    await start(env);
    await eventually(() => expect(ids()).toEqual(['1']));
  });
});
