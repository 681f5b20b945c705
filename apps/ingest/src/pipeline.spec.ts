import { AppError, EVENT, LINK, TOPICS, VIOLATION, userKey, type Event, type Link, type Violation } from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import { Fault } from './fault';
import { createCollector, type Collected, type CollectorStages } from './pipeline';
import { createRateLimiter } from './rate-limiter';
import { DEFAULT_SETTINGS, type SourceSettings } from './source-settings';
import type { AuthenticatedSource, Scope } from './sources';
import type { MessageIds, PlanChecker } from './stages';

const NOW_MS = Date.UTC(2024, 0, 1);
const CLIENT = { ip: '203.0.113.9', userAgent: 'test', gpc: false };
const a = { type: 'track', event: 'A', userId: 'u1', messageId: 'a' };
const b = { type: 'track', event: 'B', anonymousId: 'n1', messageId: 'b' };
const broken = { type: 'track', event: 'C', messageId: 'c' };

/** A collector over a log in memory, with the stages under test. */
function start(stages: CollectorStages = {}, options: { scopes?: Scope[]; settings?: Partial<SourceSettings> } = {}) {
  const source: AuthenticatedSource = {
    sourceId: 'shop',
    scopes: options.scopes ?? ['events', 'catalog'],
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
  };
  const state = { published: [] as OutboundRecord[], calls: 0, error: null as Error | null };
  const collect = createCollector({
    log: {
      async publish(records) {
        state.calls++;
        if (state.error) throw state.error;
        state.published.push(...records);
        return [];
      },
    },
    sources: { find: () => source },
    now: () => NOW_MS,
    defaultCurrency: 'USD',
    maxRequestBytes: 1024 * 1024,
    ...stages,
  });
  const send = (...batch: object[]): Promise<Collected> =>
    collect('batch', { body: Buffer.from(JSON.stringify({ batch })), writeKey: 'key', client: CLIENT });
  const on = (topic: { name: string }) => state.published.filter((record) => record.topic === topic.name);
  const events = () => on(TOPICS.events).map(({ value }) => EVENT.decode(value));
  return { state, send, on, events, collect };
}

/** Remembers in memory what it was told. */
function createIds(): MessageIds & { readonly published: Set<string>; readonly open: Set<string> } {
  const published = new Set<string>();
  const open = new Set<string>();
  return {
    published,
    open,
    seen: (_source, ids) => Promise.resolve(ids.map((id) => (published.has(id) || open.has(id) ? true : (open.add(id), false)))),
    remember: (_source, ids) => ids.forEach((id) => (open.delete(id), published.add(id))),
    forget: (_source, ids) => ids.forEach((id) => open.delete(id)),
  };
}

function createPlan(mode: PlanChecker['mode'], faulty: string): PlanChecker {
  return {
    mode,
    name: 'plan@1',
    check: ({ sourceId, messageId, name }) =>
      name === faulty
        ? [{ violationId: `${messageId}-1`, sourceId, messageId, field: 'properties.x', mode, occurredAtMs: NOW_MS } as Violation]
        : [],
    fault: (violations) => new Fault('EVENT_BLOCKED', `${violations.length} violations`),
  };
}

describe('the collector without its optional stages', () => {
  it('publishes and counts', async () => {
    const { send, events, state } = start();
    expect((await send(a, broken, b)).receipt).toMatchObject({ accepted: 2, rejected: 1, dropped: 0 });
    expect(events().map(({ messageId }) => messageId)).toEqual(['a', 'b']);
    expect(state.calls).toBe(1);
  });
});

describe('a policy', () => {
  it('changes events and drops them, and the books balance', async () => {
    const { send, events } = start({
      policyOf: () => ({
        apply: (event, raw, { ip }) => (event.name === 'B' ? 'consent' : { ...event, name: `${event.name} ${ip} ${raw.bytes.length}` }),
        rejected: (raw) => raw.bytes,
      }),
    });
    const { receipt } = await send(a, b, broken);
    expect(receipt).toMatchObject({ accepted: 1, rejected: 1, dropped: 1 });
    expect(receipt.errors).toMatchObject([{ index: 2, code: 'IDENTITY_MISSING' }]);
    expect(events().map(({ name }) => name)).toEqual([`A ${CLIENT.ip} ${JSON.stringify(a).length}`]);
  });

  it.each([
    ['keep', JSON.stringify(broken)],
    ['redact', ''],
  ] as const)('%s of rejected events: their bytes are %j', async (rejected, original) => {
    const { send, on } = start({}, { settings: { rejected } });
    await send(broken);
    expect(on(TOPICS.rejected)).toHaveLength(1);
    expect(on(TOPICS.rejected)[0]!.value!.includes(JSON.stringify(broken))).toBe(original !== '');
  });

  it('drop of rejected events: nothing is stored', async () => {
    const { send, state } = start({}, { settings: { rejected: 'drop' } });
    expect((await send(broken)).receipt).toMatchObject({ rejected: 1, errors: [{ code: 'IDENTITY_MISSING' }] });
    expect(state.calls).toBe(0);
  });
});

describe('a tracking plan', () => {
  it.each([
    ['allow', { accepted: 2, rejected: 0 }, [['', 0], ['', 0]]], // prettier-ignore
    ['flag', { accepted: 2, rejected: 0 }, [['plan@1', 1], ['plan@1', 0]]], // prettier-ignore
    ['block', { accepted: 1, rejected: 1, errors: [{ index: 0, code: 'EVENT_BLOCKED' }] }, [['plan@1', 0]]],
  ] as const)('%s', async (mode, receipt, marks) => {
    const { send, events, on } = start({ planOf: () => createPlan(mode, 'A') });
    expect((await send(a, b)).receipt).toMatchObject(receipt);
    expect(events().map(({ trackingPlan, violationCount }) => [trackingPlan, violationCount])).toEqual(marks);
    expect(on(TOPICS.violations).map(({ key, value }) => [key, VIOLATION.decode(value).messageId])).toEqual([['shop', 'a']]);
    expect(on(TOPICS.rejected)).toHaveLength(mode === 'block' ? 1 : 0);
  });

  it('judges what the client sent, and says nothing of events that are dropped', async () => {
    const seen: string[] = [];
    const plan = { ...createPlan('flag', 'B'), check: (event: Event) => (seen.push(event.name), []) };
    const { send, on } = start({
      planOf: () => plan,
      policyOf: () => ({ apply: (event) => (event.name === 'B' ? 'consent' : { ...event, name: 'hidden' }), rejected: () => null }),
    });
    await send(a, b);
    expect(seen).toEqual(['A']);
    expect(on(TOPICS.violations)).toEqual([]);
  });
});

describe('message ids', () => {
  it('a repeated event is not published again and counts as accepted', async () => {
    const ids = createIds();
    const { send, events, state } = start({ messageIds: ids });
    expect((await send(a, b, a)).receipt).toMatchObject({ accepted: 3, dropped: 0 });
    const again = await send(a);
    expect(again.receipt).toMatchObject({ accepted: 1, dropped: 0 });
    expect(again.entries[0]!.dropped).toBe('duplicate');
    expect(events().map(({ messageId }) => messageId)).toEqual(['a', 'b']);
    expect([state.calls, [...ids.published], ids.open.size]).toEqual([1, ['a', 'b'], 0]);
  });

  it('are remembered only once the log has acknowledged, and are free again when it failed', async () => {
    const ids = createIds();
    const { send, state } = start({ messageIds: ids });
    state.error = new AppError('LOG_UNAVAILABLE', 'away', { retryable: true });
    await expect(send(a, broken)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect([ids.published.size, ids.open.size]).toEqual([0, 0]);
    state.error = null;
    await send(a);
    expect(state.published).toHaveLength(1);
  });

  it('of rejected and blocked events are never taken', async () => {
    const ids = createIds();
    const { send } = start({ messageIds: ids, planOf: () => createPlan('block', 'A') });
    await send(a, broken);
    expect([ids.published.size, ids.open.size]).toEqual([0, 0]);
  });
});

describe('identity', () => {
  const link: Link = { sourceId: 'shop', aliasId: 'n1', canonicalId: 'u1', messageId: 'b', linkedAtMs: NOW_MS };
  const identity = {
    resolve: (events: readonly Event[]) =>
      Promise.resolve({
        events: events.map((event) => ({ ...event, userKey: event.anonymousId === 'n1' ? userKey('shop', 'u1') : event.userKey })),
        links: events.some(({ anonymousId }) => anonymousId === 'n1') ? [link] : [],
      }),
  };

  it('gives events the key of the person, and publishes what was learnt with them', async () => {
    const { send, on, state } = start({ identity });
    await send(a, b);
    expect(on(TOPICS.events).map(({ key }) => key)).toEqual(['shop:u1', 'shop:u1']);
    expect(on(TOPICS.identityLinks).map(({ key, value }) => [key, LINK.decode(value).canonicalId])).toEqual([['shop:n1', 'u1']]);
    expect(state.calls).toBe(1);
  });

  it('suppression reaches the person behind an anonymous id, and frees the message id', async () => {
    const ids = createIds();
    const suppressions = { isSuppressed: (_source: string, given: readonly string[]) => given.includes('u1') };
    const { send, state } = start({ identity, messageIds: ids, suppressions });
    const { receipt, entries } = await send(b, broken);
    expect(receipt).toMatchObject({ accepted: 0, dropped: 1, rejected: 1 });
    expect(entries[0]!.dropped).toBe('suppressed');
    expect(state.published.map(({ topic }) => topic)).toEqual([TOPICS.rejected.name]);
    expect([ids.published.size, ids.open.size]).toEqual([0, 0]);
  });
});

it('a suppressed event reaches no store', async () => {
  const resolve = jest.fn();
  const suppressions = { isSuppressed: (_source: string, given: readonly string[]) => given.includes('u1') };
  const { send } = start({ identity: { resolve }, suppressions });
  expect((await send(a)).receipt).toMatchObject({ accepted: 0, dropped: 1 });
  expect(resolve).not.toHaveBeenCalled();
});

it('an observer sees what became of each event, after the log did', async () => {
  const observed: unknown[] = [];
  const { send, state } = start({ observe: ({ sourceId }, entries) => observed.push([sourceId, entries.length]) });
  await send(a, broken);
  expect(observed).toEqual([['shop', 2]]);
  state.error = new Error('away');
  await expect(send(a)).rejects.toThrow('away');
  expect(observed).toHaveLength(1);
});

describe('scopes', () => {
  it.each([
    ['batch', ['catalog'], 'events'],
    ['items', ['events'], 'catalog'],
  ] as const)('%s with a key for %s is refused', async (payload, scopes, needed) => {
    const { collect } = start({}, { scopes: [...scopes] });
    const request = { body: Buffer.from('{"batch":[]}'), writeKey: 'key', client: CLIENT };
    await expect(collect(payload, request)).rejects.toMatchObject({ code: 'SCOPE_MISSING', message: expect.stringContaining(needed) });
  });
});

describe('a rate limit', () => {
  it('lets the burst through, tells when to come back, and keeps the average', async () => {
    const clock = { ms: NOW_MS };
    const settings = { rateLimit: { eventsPerSecond: 2, burst: 3 } };
    const { send } = start({ limiter: createRateLimiter(() => clock.ms) }, { settings });
    // Larger than what is left: taken once, and waited for.
    expect((await send(a, b)).receipt.accepted).toBe(2);
    expect((await send(a, b, a, b)).receipt.accepted).toBe(4);
    const refused = expect.objectContaining({ code: 'RATE_LIMITED', retryable: true, details: { retryAfterSeconds: 2 } }) as Error;
    await expect(send(a)).rejects.toEqual(refused);
    clock.ms += 1_999;
    await expect(send(a)).rejects.toMatchObject({ details: { retryAfterSeconds: 1 } });
    clock.ms += 1;
    expect((await send(a)).receipt.accepted).toBe(1);
    await expect(send(a)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    clock.ms += 3_600_000;
    for (let i = 0; i < 3; i++) await send(a);
    await expect(send(a)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});
