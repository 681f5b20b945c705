import { EVENT, REJECTED_EVENT, TOPICS } from '@tradewind/contracts';
import { openEmbeddedEventLog, openKafkaEventLog, type EventLog } from '@tradewind/eventing';
import { describeWith, eventually, uniqueName, useTempDir } from '@tradewind/testing';
import { createHasher } from '../src/privacy/hash';
import { startCollector, type TestCollector } from './start-collector';

/** What is promised of a suppression, on every replica. */
const EFFECTIVE_MS = 5_000;
const SCOPES = ['events', 'privacy'] as const;
const opened: TestCollector[] = [];
afterEach(async () => {
  for (const collector of opened.splice(0)) await collector.close();
});

async function open(...parameters: Parameters<typeof startCollector>): Promise<TestCollector> {
  const collector = await startCollector(...parameters);
  opened.push(collector);
  return collector;
}

async function post({ url }: TestCollector, writeKey: string, path: string, body: object, headers: Record<string, string> = {}) {
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const response = await fetch(url + path, { method: 'POST', headers: { authorization, ...headers }, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Two collectors as two replicas are: own memory, one log. */
function replicasContract(getLog: () => EventLog): void {
  const start = async () => {
    const sourceId = uniqueName('shop');
    const source = { sourceId, writeKey: `key-of-${sourceId}`, scopes: SCOPES };
    const [first, second] = [await open(source, { log: getLog() }), await open(source, { log: getLog() })];
    const dropped = async (ids: object) =>
      Promise.all(
        [first, second].map(async (each) => (await post(each, source.writeKey, '/v1/track', { event: 'e', ...ids })).body['dropped']),
      );
    const become = (ids: object, count: 0 | 1) =>
      eventually(async () => expect(await dropped(ids)).toEqual([count, count]), { timeoutMs: EFFECTIVE_MS });
    const ask = (regulation: string, ...subjects: string[]) =>
      post(first, source.writeKey, '/v1/privacy/suppressions', { regulation, subjects });
    return { ...source, first, second, become, ask, dropped };
  };

  it('suppress a user, a device and what is linked to them, within 5 seconds on both, and collect again', async () => {
    const { first, writeKey, ask, become, dropped } = await start();
    await post(first, writeKey, '/v1/identify', { userId: 'ada', anonymousId: 'phone' });
    await become({ anonymousId: 'phone' }, 0);
    expect(await ask('SUPPRESS_ONLY', 'ada', 'tablet')).toMatchObject({ status: 200, body: { success: true, subjects: 2, ids: 3 } });
    await become({ userId: 'ada' }, 1);
    await become({ anonymousId: 'tablet' }, 1);
    await become({ anonymousId: 'phone' }, 1);
    await become({ userId: 'someone-else', anonymousId: 'phone' }, 1);
    expect(await dropped({ userId: 'bob' })).toEqual([0, 0]);
    await ask('UNSUPPRESS', 'ada');
    await become({ userId: 'ada' }, 0);
    await become({ anonymousId: 'phone' }, 0);
    expect(await dropped({ anonymousId: 'tablet' })).toEqual([1, 1]);
  });

  it('answer 200 and store nothing of who is suppressed, not even what is wrong', async () => {
    const { sourceId, second, writeKey, ask, become } = await start();
    await ask('SUPPRESS_ONLY', 'ada');
    await become({ userId: 'ada' }, 1);
    const wrong = { type: 'track', userId: 'ada' };
    const batch = { batch: [wrong, { type: 'track', event: 'e', userId: 'bob', messageId: 'of-bob' }] };
    expect(await post(second, writeKey, '/v1/batch', batch)).toEqual({
      status: 200,
      body: { success: true, accepted: 1, rejected: 0, dropped: 1, errors: [] },
    });
    const stored: string[] = [];
    for (const topic of [TOPICS.events.name, TOPICS.rejected.name])
      for await (const records of getLog().read(topic))
        stored.push(...records.filter(({ key }) => key!.toString().startsWith(sourceId)).map(({ value }) => value!.toString('latin1')));
    expect(stored.filter((text) => text.includes('ada'))).toEqual([]);
    expect(stored).toHaveLength(1);
  });
}

describe('two collectors on the embedded log', () => {
  const dir = useTempDir();
  let log: EventLog;
  beforeEach(async () => {
    log = await openEmbeddedEventLog({ dataDir: dir() });
    await log.ensureTopics(Object.values(TOPICS));
  });
  afterEach(() => log.close());
  replicasContract(() => log);
});

describeWith('kafka', 'two collectors on Kafka', (brokers) => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaEventLog({ brokers: brokers.split(','), clientId: uniqueName('privacy') });
    await log.ensureTopics(Object.values(TOPICS));
  });
  afterAll(() => log.close());
  replicasContract(() => log);
});

describe('a suppression request', () => {
  it('needs a key with the scope privacy', async () => {
    const collector = await open({ sourceId: 'shop', writeKey: 'browser' });
    const body = { regulation: 'SUPPRESS_ONLY', subjects: ['u'] };
    expect(await post(collector, 'browser', '/v1/privacy/suppressions', body)).toMatchObject({
      status: 403,
      body: { error: { code: 'SCOPE_MISSING', message: expect.stringMatching(/"privacy"/) as string } },
    });
    expect(await post(collector, 'none', '/v1/privacy/suppressions', body)).toMatchObject({ status: 401 });
    expect(collector.published).toEqual([]);
  });
});

describe('a source with rules', () => {
  const KEY = 'k'.repeat(32);
  const source = { sourceId: 'shop', writeKey: 'key', scopes: SCOPES };
  const events = ({ published }: TestCollector) =>
    published.filter(({ topic }) => topic === TOPICS.events.name).map(({ key, value }) => ({ key, event: EVENT.decode(value) }));

  it('hashes, drops and cuts before anything reaches the log, also of rejected events', async () => {
    const settings = { hashFields: ['userId', 'anonymousId', 'traits.email'], dropFields: ['traits.phone'], rejected: 'redact' };
    const collector = await open(source, { settings, env: { INGEST_HASH_KEY: KEY } });
    const person = {
      userId: 'ada@example.com',
      traits: { email: 'Ada@Example.com', phone: '+44 1', age: 36 },
      context: { ip: '203.0.113.9' },
    };
    expect((await post(collector, 'key', '/v1/identify', person)).body).toMatchObject({ accepted: 1 });
    expect((await post(collector, 'key', '/v1/track', person)).body).toMatchObject({ rejected: 1 });
    const userId = createHasher(KEY)('ada@example.com');
    const [{ key, event }] = events(collector) as [ReturnType<typeof events>[number]];
    expect([key, event.userId]).toEqual([`shop:${userId}`, userId]);
    expect(JSON.parse(Buffer.from(event.payloadJson).toString())).toEqual({
      traits: { email: userId, age: 36 },
      context: { ip: '203.0.113.0' },
    });
    const rejected = collector.published
      .filter(({ topic }) => topic === TOPICS.rejected.name)
      .map(({ value }) => REJECTED_EVENT.decode(value));
    expect(JSON.parse(Buffer.from(rejected[0]!.original).toString())).toMatchObject({ userId, traits: { age: 36 } });
    for (const { value } of collector.published) expect(value!.toString('latin1')).not.toMatch(/example\.com|\+44 1|203\.0\.113\.9/i);
  });

  it('finds the suppressed by what they send, though the list has hashes', async () => {
    const collector = await open(source, { settings: { hashFields: ['userId', 'anonymousId'] }, env: { INGEST_HASH_KEY: KEY } });
    await post(collector, 'key', '/v1/privacy/suppressions', { regulation: 'SUPPRESS_ONLY', subjects: ['ada', 'phone'] });
    expect((await post(collector, 'key', '/v1/track', { event: 'e', userId: 'ada' })).body).toMatchObject({ dropped: 1 });
    expect((await post(collector, 'key', '/v1/track', { event: 'e', anonymousId: 'phone', userId: 'bob' })).body).toMatchObject({
      dropped: 1,
    });
    expect((await post(collector, 'key', '/v1/track', { userId: 'ada' })).body).toMatchObject({ dropped: 1, rejected: 0 });
    for (const { key, value } of collector.published) expect(`${String(key)} ${value!.toString('latin1')}`).not.toMatch(/ada|phone/);
  });

  it('finds devices that are hashed while users are not', async () => {
    const collector = await open(source, { settings: { hashFields: ['anonymousId'] }, env: { INGEST_HASH_KEY: KEY } });
    await post(collector, 'key', '/v1/privacy/suppressions', { regulation: 'SUPPRESS_ONLY', subjects: ['phone'] });
    expect((await post(collector, 'key', '/v1/track', { event: 'e', anonymousId: 'phone', userId: 'bob' })).body).toMatchObject({
      dropped: 1,
    });
  });

  it('honours Sec-GPC', async () => {
    const collector = await open(source);
    await post(collector, 'key', '/v1/track', { event: 'e', userId: 'u' }, { 'sec-gpc': '1' });
    expect(events(collector)[0]!.event.deniedPurposes).toEqual(['advertising']);
  });

  it('does not start when it hashes and there is no key to hash with', async () => {
    await expect(open(source, { settings: { hashFields: ['userId'] } })).rejects.toThrow(/INGEST_HASH_KEY is missing: source shop hashes/);
    await expect(open(source, { env: { INGEST_HASH_KEY: 'short' } })).rejects.toThrow(/INGEST_HASH_KEY.*shorter than 32 bytes/);
  });
});
