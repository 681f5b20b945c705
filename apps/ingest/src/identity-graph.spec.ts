import fc from 'fast-check';
import { AppError, EventType, type Event } from '@tradewind/contracts';
import { MemoryStateStore, openRedisStateStore, type StateStore } from '@tradewind/feature-store';
import { SILENT_LOGGER, createMetrics } from '@tradewind/observability';
import { anEvent, createFakeClock, describeWith, eventually, uniqueName } from '@tradewind/testing';
import { createIdentityGraph } from './identity-graph';

const START_MS = Date.UTC(2024, 0, 1);
const at = (seconds: number) => ({ occurredAtMs: START_MS + seconds * 1000, receivedAtMs: START_MS + seconds * 1000 });
const identify = (anonymousId: string, userId: string, seconds = 0, rest: Partial<Event> = {}) =>
  anEvent({ type: EventType.EVENT_TYPE_IDENTIFY, userId, anonymousId, ...at(seconds), ...rest });
const alias = (previousId: string, userId: string, seconds = 0, rest: Partial<Event> = {}) =>
  anEvent({ type: EventType.EVENT_TYPE_ALIAS, userId, previousId, ...at(seconds), ...rest });
const anonymous = (anonymousId: string) => anEvent({ userId: '', anonymousId, userKey: `shop:${anonymousId}` });
const user = (userId: string) => anEvent({ userId });

/** A store that counts its calls and can be made to fail. */
function watched(store: StateStore) {
  const state = { reads: 0, fails: false };
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (state.fails) throw new AppError('STATE_UNAVAILABLE', 'away', { retryable: true });
    return work();
  };
  return {
    state,
    readMany: (keys: readonly string[]) => (state.reads++, attempt(() => store.readMany(keys))),
    writeMany: (writes: Parameters<StateStore['writeMany']>[0]) => attempt(() => store.writeMany(writes)),
    ping: () => attempt(() => store.ping()),
  };
}

describe('the identity graph', () => {
  const clock = createFakeClock();
  let store: ReturnType<typeof watched>;
  const start = (over: Pick<StateStore, 'readMany' | 'writeMany' | 'ping'> = store) => {
    const metrics = createMetrics({ service: 'test', processMetrics: false });
    const graph = createIdentityGraph({ store: over, logger: SILENT_LOGGER, metrics, now: clock.now, pauseMs: 5 });
    const resolve = (...events: Event[]) => graph.resolve(events);
    const keys = async (...events: Event[]) => (await graph.resolve(events)).events.map(({ userKey }) => userKey);
    return { resolve, keys };
  };
  beforeEach(() => {
    store = watched(new MemoryStateStore());
  });

  it('leaves events alone that belong to nobody else', async () => {
    const { resolve } = start();
    const events = [anonymous('x'), user('u')];
    const { events: resolved, links } = await resolve(...events);
    expect(resolved[0]).toBe(events[0]);
    expect(resolved[1]).toBe(events[1]);
    expect(links).toEqual([]);
    expect(await resolve()).toEqual({ events: [], links: [] });
  });

  it('gives what is anonymous to who identified, also later in the same request, not before', async () => {
    const { resolve, keys } = start();
    const call = identify('x', 'u', 5, { messageId: 'm' });
    const { events, links } = await resolve(anonymous('x'), call, anonymous('x'));
    expect(events.map(({ userKey }) => userKey)).toEqual(['shop:x', 'shop:u', 'shop:u']);
    expect(links).toEqual([{ sourceId: 'shop', aliasId: 'x', canonicalId: 'u', messageId: 'm', linkedAtMs: START_MS + 5000 }]);
    expect(await keys(anonymous('x'), anonymous('y'))).toEqual(['shop:u', 'shop:y']);
  });

  it('keeps sources apart', async () => {
    const { keys } = start();
    await keys(identify('x', 'u'));
    expect(await keys(anEvent({ sourceId: 'other', userId: '', anonymousId: 'x', userKey: 'other:x' }))).toEqual(['other:x']);
  });

  it('follows aliases of aliases, and publishes the canonical id', async () => {
    const { resolve, keys } = start();
    await keys(identify('x', 'old'), alias('old', 'new', 1), alias('new', 'newest', 2));
    expect(await keys(anonymous('x'), user('old'), user('new'), user('newest'))).toEqual(Array(4).fill('shop:newest'));
    expect((await resolve(identify('y', 'old', 3))).links).toMatchObject([{ aliasId: 'y', canonicalId: 'newest' }]);
  });

  it('never makes a circle', async () => {
    const { resolve, keys } = start();
    await keys(alias('a', 'b', 0), alias('b', 'c', 1));
    expect((await resolve(alias('c', 'a', 2), alias('b', 'a', 3), alias('c', 'c', 4))).links).toEqual([]);
    expect(await keys(user('a'), user('b'), user('c'))).toEqual(Array(3).fill('shop:c'));
  });

  it('gives a shared device to who identified last, by the time of the call', async () => {
    const { keys, resolve } = start();
    await keys(identify('tablet', 'ann', 10));
    expect(await keys(identify('tablet', 'bob', 20), anonymous('tablet'))).toEqual(['shop:bob', 'shop:bob']);
    expect((await resolve(identify('tablet', 'cat', 15))).links).toEqual([]);
    expect(await keys(anonymous('tablet'), user('ann'))).toEqual(['shop:bob', 'shop:ann']);
  });

  it('publishes a link once, again when its message comes again, and after an hour', async () => {
    const { resolve } = start();
    const call = identify('x', 'u', 0);
    expect((await resolve(call)).links).toHaveLength(1);
    expect((await resolve(call)).links).toHaveLength(1);
    expect((await resolve(identify('x', 'u', 60))).links).toHaveLength(0);
    expect((await resolve(identify('x', 'u', 3600))).links).toHaveLength(1);
  });

  it('knows within a second what another replica linked', async () => {
    const [one, two] = [start(), start()];
    expect(await two.keys(anonymous('x'), user('old'))).toEqual(['shop:x', 'shop:old']);
    await one.keys(identify('x', 'u'), alias('old', 'new'));
    clock.advance(1_000);
    expect(await two.keys(anonymous('x'), user('old'))).toEqual(['shop:u', 'shop:new']);
  });

  it('asks the store once for all requests of a turn, and not again for a while', async () => {
    const { keys } = start();
    await Promise.all(Array.from({ length: 100 }, (_, i) => keys(anonymous(`x${i}`), user('u'))));
    await Promise.all(Array.from({ length: 100 }, (_, i) => keys(anonymous(`x${i}`), user('u'))));
    expect(store.state.reads).toBe(1);
  });

  it('opens a circle that two replicas made at the same moment in the same way everywhere', async () => {
    const replicas = [start(), start()];
    const made = await Promise.all([replicas[0]!.resolve(alias('a', 'b', 1)), replicas[1]!.resolve(alias('b', 'a', 2))]);
    expect(made.flatMap(({ links }) => links)).toHaveLength(2);
    clock.advance(1_000);
    for (const { keys } of [...replicas, start()]) expect(await keys(user('a'), user('b'))).toEqual(['shop:a', 'shop:a']);
  });

  it('leaves keys as they came while the store is away, and stores then what it learnt', async () => {
    const { keys, resolve } = start();
    await keys(identify('x', 'u'));
    clock.advance(1_000);
    store.state.fails = true;
    expect(await keys(anonymous('x'))).toEqual(['shop:x']);
    expect((await resolve(identify('y', 'v', 1))).links).toHaveLength(1);
    expect(await keys(anonymous('y'))).toEqual(['shop:v']);
    store.state.fails = false;
    await eventually(async () => expect(await start().keys(anonymous('y'))).toEqual(['shop:v']));
    await eventually(async () => expect(await keys(anonymous('x'))).toEqual(['shop:u']));
  });
});

/** The same, with one map and no store. */
function createModel() {
  const parents = new Map<string, string>();
  const path = (id: string): string[] => {
    const parent = parents.get(id);
    return parent === undefined ? [id] : [id, ...path(parent)];
  };
  return {
    link: (aliasId: string, target: string) => void (path(target).includes(aliasId) || parents.set(aliasId, target)),
    canonical: (id: string) => path(id).at(-1)!,
  };
}

function describeModel(name: string, open: () => Promise<StateStore>): void {
  it(`${name}: is like one map, however events are split over requests, replicas and restarts`, async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const event = fc.oneof(
      fc.record({ type: fc.constantFrom('identify' as const, 'alias' as const), from: id, to: id }),
      fc.record({ type: fc.constant('track' as const), from: id, to: id }),
    );
    const request = fc.record({ replica: fc.nat(1), restart: fc.boolean(), events: fc.array(event, { minLength: 1, maxLength: 5 }) });
    const store = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 15 }), async (requests) => {
        const sourceId = uniqueName('source');
        const clock = createFakeClock(START_MS);
        const start = () =>
          createIdentityGraph({
            store,
            logger: SILENT_LOGGER,
            metrics: createMetrics({ service: 't', processMetrics: false }),
            now: clock.now,
          });
        const replicas = [start(), start()];
        const model = createModel();
        let seconds = 0;
        for (const { replica, restart, events } of requests) {
          if (restart) replicas[replica] = start();
          clock.advance(1_000);
          const expected: string[] = [];
          const sent = events.map(({ type, from, to }) => {
            seconds++;
            if (type !== 'track') model.link(from, to);
            expected.push(`${sourceId}:${model.canonical(to)}`);
            const rest = { sourceId, userKey: `${sourceId}:${to}` };
            if (type === 'identify') return identify(from, to, seconds, rest);
            if (type === 'alias') return alias(from, to, seconds, rest);
            return seconds % 2 === 0 ? anEvent({ ...rest, userId: to }) : anEvent({ ...rest, userId: '', anonymousId: to });
          });
          const { events: resolved, links } = await replicas[replica]!.resolve(sent);
          expect(resolved.map(({ userKey }) => userKey)).toEqual(expected);
          for (const { aliasId, canonicalId } of links) expect(aliasId).not.toBe(canonicalId);
        }
      }),
      { numRuns: 150 },
    );
    for await (const page of store.scan('')) await store.deleteMany(page.map(([key]) => key));
    await store.close();
  }, 60_000);
}

describe('the identity graph over any store', () => {
  describeModel('memory', async () => new MemoryStateStore());
});
describeWith('redis', 'the identity graph over Redis', (url) => {
  describeModel('redis', () => openRedisStateStore({ url, keyPrefix: `${uniqueName('identity')}:` }));
});
