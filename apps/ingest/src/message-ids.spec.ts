import fc from 'fast-check';
import { AppError } from '@tradewind/contracts';
import { openMemoryMessageIdStore, openRedisMessageIdStore, type MessageIdStore } from '@tradewind/feature-store';
import { SILENT_LOGGER, createMetrics } from '@tradewind/observability';
import { createFakeClock, describeWith, eventually, uniqueName } from '@tradewind/testing';
import { createMessageIds } from './message-ids';
import { createStoreGuard } from './store-guard';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A store that can be made to fail or to hang. */
function createFaultyStore(store: MessageIdStore) {
  const state = { mode: 'works' as 'works' | 'fails' | 'hangs', exchanges: 0 };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state.mode === 'fails') throw new AppError('STATE_UNAVAILABLE', 'away', { retryable: true });
    if (state.mode === 'hangs') return new Promise<T>(() => undefined);
    return work();
  };
  const faulty: MessageIdStore = {
    kind: store.kind,
    exchange(asked, added) {
      state.exchanges++;
      return guarded(() => store.exchange(asked, added));
    },
    ping: () => guarded(() => store.ping()),
    close: async () => undefined,
  };
  return { state, faulty };
}

function start(store: MessageIdStore, options: { budgetMs?: number; pauseMs?: number; maxUnstored?: number; now?: () => number } = {}) {
  const metrics = createMetrics({ service: 'test', processMetrics: false });
  const ids = createMessageIds({ store, logger: SILENT_LOGGER, metrics, now: Date.now, budgetMs: 20, pauseMs: 5, ...options });
  return {
    ...ids,
    ids,
    metrics,
    seen: ids.seen.bind(ids),
    remember: ids.remember.bind(ids),
    forget: ids.forget.bind(ids),
    close: () => ids.close(),
  };
}

async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  for (let i = 0; i < 5; i++) await tick();
  return done;
}

describe('message ids', () => {
  let store: MessageIdStore;
  beforeEach(async () => {
    store = await openMemoryMessageIdStore();
  });

  it('knows what was published, per source, and a repeat within one request', async () => {
    const ids = start(store);
    expect(await ids.seen('shop', ['a', 'b', 'a'])).toEqual([false, false, true]);
    ids.remember('shop', ['a', 'b']);
    expect(await ids.seen('shop', ['b', 'c', 'a'])).toEqual([true, false, true]);
    expect(await ids.seen('other', ['a'])).toEqual([false]);
    expect(await ids.seen('shop', [])).toEqual([]);
  });

  it('tells another replica within milliseconds, and a process that starts anew', async () => {
    const [one, two] = [start(createFaultyStore(store).faulty), start(store)];
    await one.seen('shop', ['a']);
    one.remember('shop', ['a']);
    await one.close();
    expect(await two.seen('shop', ['a'])).toEqual([true]);
  });

  it('answers a concurrent repeat only when the first is acknowledged', async () => {
    const ids = start(store);
    await ids.seen('shop', ['a', 'b']);
    const repeat = ids.seen('shop', ['b', 'c']);
    expect(await settled(repeat)).toBe(false);
    ids.remember('shop', ['a', 'b']);
    expect(await repeat).toEqual([true, false]);
  });

  it('hands an id that was not published to the first that waits, and so on', async () => {
    const ids = start(store);
    await ids.seen('shop', ['a']);
    const [second, third] = [ids.seen('shop', ['a', 'a']), ids.seen('shop', ['a'])];
    ids.forget('shop', ['a']);
    expect(await second).toEqual([false, true]);
    expect(await settled(third)).toBe(false);
    ids.forget('shop', ['a']);
    expect(await third).toEqual([false]);
    ids.remember('shop', ['a']);
    expect(await ids.seen('shop', ['a'])).toEqual([true]);
  });

  it('lets an id go whose request never told what became of it', async () => {
    const clock = createFakeClock();
    const ids = start(store, { now: clock.now });
    await ids.seen('shop', ['a']);
    clock.advance(60_001);
    expect(await ids.seen('shop', ['a'])).toEqual([false]);
  });

  it('asks once for all requests of a turn, and while one exchange runs gathers the next', async () => {
    const { state, faulty } = createFaultyStore(store);
    const ids = start(faulty);
    await Promise.all(Array.from({ length: 100 }, (_, i) => ids.seen('shop', [`${i}`, `x${i}`])));
    expect(state.exchanges).toBe(1);
    for (let i = 0; i < 100; i++) ids.remember('shop', [`${i}`]);
    await ids.seen('shop', ['new']);
    expect(state.exchanges).toBe(2);
  });

  it.each(['fails', 'hangs'] as const)('publishes on when the store %s, and remembers once it is back', async (mode) => {
    const { state, faulty } = createFaultyStore(store);
    const ids = start(faulty);
    state.mode = mode;
    const startedAt = performance.now();
    expect(await ids.seen('shop', ['a'])).toEqual([false]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    ids.remember('shop', ['a']);
    const exchanges = state.exchanges;
    expect(await ids.seen('shop', ['a', 'b'])).toEqual([true, false]);
    expect(state.exchanges).toBe(exchanges);
    ids.remember('shop', ['b']);
    state.mode = 'works';
    const other = start(store);
    await eventually(async () => {
      const answers = await other.seen('shop', ['a', 'b']);
      other.forget('shop', ['a', 'b']);
      expect(answers).toEqual([true, true]);
    });
    expect(await ids.metrics.text()).toMatch(/message_ids_total\{outcome="unchecked",service="test"\} 2/);
    await ids.close();
  });

  it('bounds what waits for a store that is away: the oldest are given up', async () => {
    const { state, faulty } = createFaultyStore(store);
    const ids = start(faulty, { maxUnstored: 10 });
    state.mode = 'fails';
    await ids.seen('shop', ['first']);
    ids.remember(
      'shop',
      Array.from({ length: 25 }, (_, i) => `${i}`),
    );
    expect(await ids.seen('shop', ['14', '15', '24'])).toEqual([false, true, true]);
    expect(await ids.metrics.text()).toMatch(/given_up_total\{service="test"\} 15/);
    await ids.close();
  });

  it('does not take a bug for a store that is away', async () => {
    const broken: MessageIdStore = { ...createFaultyStore(store).faulty, exchange: () => Promise.reject(new TypeError('a bug')) };
    const guard = createStoreGuard({ ping: async () => undefined });
    await expect(guard.attempt(() => broken.exchange(null!, null!))).rejects.toThrow('a bug');
    expect(guard.isUp).toBe(true);
  });
});

/** Whatever happens, nothing counts as a repeat that was not acknowledged before, and nobody waits for ever. */
function describeModel(name: string, budgetMs: number, open: (place: string) => Promise<MessageIdStore>): void {
  it(`${name}: is like a set of acknowledged ids, over replicas, restarts and faults`, async () => {
    const request = fc.record({
      replica: fc.nat(1),
      ids: fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }),
      fails: fc.boolean(),
      ticks: fc.nat(4),
    });
    const step = fc.oneof(
      { weight: 8, arbitrary: request },
      { weight: 2, arbitrary: fc.record({ mode: fc.constantFrom('works' as const, 'fails' as const, 'hangs' as const) }) },
      { weight: 1, arbitrary: fc.record({ restart: fc.nat(1) }) },
      { weight: 2, arbitrary: fc.record({ wait: fc.nat(3) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const store = await open(uniqueName('model'));
        const { state, faulty } = createFaultyStore(store);
        const replicas = [0, 1].map(() => start(faulty, { budgetMs, pauseMs: 1 }));
        const acknowledged = new Set<string>();
        const running: Promise<void>[] = [];
        const serve = async ({ replica, ids, fails, ticks }: { replica: number; ids: number[]; fails: boolean; ticks: number }) => {
          const server = replicas[replica]!;
          const names = ids.map((id) => `${id}`);
          const seen = await server.seen('shop', names);
          const fresh = names.filter((_, i) => !seen[i]);
          names.forEach((id, i) => expect(!seen[i] || acknowledged.has(id) || fresh.includes(id)).toBe(true));
          expect(new Set(fresh).size).toBe(fresh.length);
          for (let i = 0; i < ticks; i++) await tick();
          if (fails) return server.forget('shop', fresh);
          for (const id of fresh) acknowledged.add(id);
          server.remember('shop', fresh);
        };
        for (const each of steps) {
          if ('mode' in each) state.mode = each.mode;
          else if ('restart' in each) replicas[each.restart] = start(faulty, { budgetMs, pauseMs: 1 });
          else if ('wait' in each) for (let i = 0; i < each.wait; i++) await tick();
          else running.push(serve(each));
        }
        await Promise.all(running);
        state.mode = 'works';
        // A restart forgets what the store never had, so only what is repeated now must be known from now on.
        const all = ['0', '1', '2', '3', '4', '5', '6'];
        for (const replica of replicas) {
          const seen = await replica.seen('shop', all);
          replica.remember(
            'shop',
            all.filter((_, i) => !seen[i]),
          );
        }
        for (const replica of replicas) {
          await eventually(async () => {
            const seen = await replica.seen('shop', all);
            const fresh = all.filter((_, i) => !seen[i]);
            replica.forget('shop', fresh);
            expect(fresh).toEqual([]);
          });
        }
        for (const replica of replicas) await replica.close();
        await store.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
}

describe('over any store', () => {
  describeModel('memory', 5, () => openMemoryMessageIdStore());
});
describeWith('redis', 'over Redis', (url) => {
  describeModel('redis', 30, (place) => openRedisMessageIdStore({ url, keyPrefix: `${place}:`, buckets: 4 }));
});
