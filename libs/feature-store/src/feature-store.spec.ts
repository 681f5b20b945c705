import fc from 'fast-check';
import { AppError } from '@tradewind/contracts';
import { ALL_FEATURES, aLog, decision } from '../test/a-log';
import { createFeatureSet } from './feature-set';
import { createFeatureStore, type AppliedBatch, type FeatureStore, type PositionedEvent } from './feature-store';
import { MemoryStateStore } from './memory/memory-state-store';
import type { StateStore, StateWrite } from './state-store';
import type { UserState } from './user-state';

const PARTITIONS = 2;
const PREFIX = 'test:';
const set = createFeatureSet(ALL_FEATURES);
const width = set.columns.length;

/** Writes some of the records and then fails, when told to. */
class FlakyStore extends MemoryStateStore {
  failAfter: number | null = null;

  override async writeMany(writes: readonly StateWrite[]): Promise<string[]> {
    if (this.failAfter === null) return super.writeMany(writes);
    await super.writeMany(writes.slice(0, this.failAfter));
    this.failAfter = null;
    throw new AppError('STATE_UNAVAILABLE', 'cut', { retryable: true });
  }
}

/** Decides per event from its row, as a service does with a model. */
function decide(state: UserState, vector: Float32Array): void {
  const own = state.of(decision);
  own.decisions++;
  own.segment = `segment ${Math.round(Math.abs(vector[0]! * 7 + vector[8]!)) % 5} after ${own.segment.slice(-9)}`;
}

/** The reference: the log read once. Records by user, and the row of each applied event by position. */
function readOnce(log: readonly PositionedEvent[][]): { records: Map<string, string>; rows: Map<string, string> } {
  const states = new Map<string, UserState>();
  const rows = new Map<string, string>();
  for (const { position, event } of log.flat()) {
    const state = states.get(event.userKey) ?? set.create(event.userKey);
    states.set(event.userKey, state);
    if (set.apply(state, position, event) !== 'applied') continue;
    const row = new Float32Array(width);
    set.vector(state, state.lastEventAtMs, row);
    rows.set(`${position.partition}:${position.offset}`, row.join());
    decide(state, row);
  }
  return { records: new Map([...states].map(([key, state]) => [key, set.encode(state).toString('hex')])), rows };
}

async function stored(store: StateStore): Promise<Map<string, string>> {
  const records = new Map<string, string>();
  for await (const page of store.scan(PREFIX))
    for (const [key, record] of page) records.set(key.slice(PREFIX.length), record.toString('hex'));
  return records;
}

const sorted = (map: Map<string, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const aStep = fc.record({
  partition: fc.nat(PARTITIONS - 1),
  /** Where to start, as far behind the committed offset; how many events. */
  behind: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(200) }),
  size: fc.nat(60),
  then: fc.constantFrom('persist', 'persist', 'persist', 'persist twice', 'fail', 'cut', 'rebalance', 'persist later'),
});
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never;

/** Delivers the log in the given steps, then whatever is left, checking every row on the way. */
async function deliver(
  log: readonly PositionedEvent[][],
  steps: readonly Step[],
  flaky: FlakyStore,
  store: FeatureStore,
  rows: Map<string, string>,
) {
  const committed = log.map(() => 0);
  const waiting: (() => Promise<void>)[] = log.map(() => async () => undefined);

  async function applyBatch(partition: number, from: number, until: number): Promise<AppliedBatch> {
    const batch = await store.apply(log[partition]!.slice(from, until));
    expect(batch.vectors).toHaveLength(batch.applied.length * width);
    batch.applied.forEach(({ position, state }, i) => {
      const row = batch.vectors.subarray(i * width, (i + 1) * width);
      expect(row.join()).toBe(rows.get(`${position.partition}:${position.offset}`));
      decide(state, row);
    });
    return batch;
  }

  for (const { partition, behind, size, then } of steps) {
    await waiting[partition]!();
    waiting[partition] = async () => undefined;
    const from = Math.max(0, committed[partition]! - behind);
    const until = Math.min(log[partition]!.length, from + size);
    if (from === until) continue;
    const batch = await applyBatch(partition, from, until);
    if (then === 'fail') continue;
    if (then === 'rebalance') {
      store.invalidate();
      continue;
    }
    if (then === 'cut') {
      flaky.failAfter = batch.touched.length >> 1;
      await expect(batch.persist()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
      continue;
    }
    const persist = async () => {
      await batch.persist();
      if (then === 'persist twice') await batch.persist();
      committed[partition] = Math.max(committed[partition]!, until);
    };
    if (then === 'persist later') waiting[partition] = persist;
    else await persist();
  }
  for (let partition = 0; partition < log.length; partition++) {
    await waiting[partition]!();
    await (await applyBatch(partition, committed[partition]!, log[partition]!.length)).persist();
  }
}

describe('createFeatureStore: effectively once', () => {
  it('any split, redelivery, failure and rebalance gives the records and rows of reading the log once', async () => {
    await fc.assert(
      fc.asyncProperty(
        aLog(PARTITIONS, 120),
        fc.array(aStep, { maxLength: 25 }),
        fc.constantFrom(0, 1, 1000),
        async (log, steps, cacheEntries) => {
          const flaky = new FlakyStore();
          const store = createFeatureStore({ store: flaky, features: set, prefix: PREFIX, cacheEntries });
          const { records, rows } = readOnce(log);
          await deliver(log, steps, flaky, store, rows);
          flaky.failAfter = null;
          expect(sorted(await stored(flaky))).toEqual(sorted(records));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('a member that lost its partition writes nothing over its successor, and the successor repeats nothing', async () => {
    await fc.assert(
      fc.asyncProperty(aLog(1, 60), fc.nat(60), async (log, cut) => {
        const events = log[0]!;
        const shared = new MemoryStateStore();
        const [old, next] = [1, 2].map(() => createFeatureStore({ store: shared, features: set, prefix: PREFIX }));
        const late = await old!.apply(events.slice(0, cut));
        for (let i = 0; i < late.applied.length; i++) decide(late.applied[i]!.state, late.vectors.subarray(i * width, (i + 1) * width));
        const all = await next!.apply(events);
        for (let i = 0; i < all.applied.length; i++) decide(all.applied[i]!.state, all.vectors.subarray(i * width, (i + 1) * width));
        await all.persist();
        await late.persist().catch((error: unknown) => expect(error).toMatchObject({ code: 'STATE_CONFLICT', retryable: true }));
        await late.persist();
        expect(sorted(await stored(shared))).toEqual(sorted(readOnce(log).records));
        const again = await old!.apply(events);
        expect(again.applied).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('createFeatureStore', () => {
  const at = (offset: number, overrides: object, partition = 0, topic = 'events') => ({
    position: { topic, partition, offset },
    event: { ...log(offset), ...overrides },
  });
  const log = (offset: number) => fc.sample(aLog(1, 1), { numRuns: 1, seed: offset })[0]![0]![0]!.event;
  const open = (store: StateStore = new MemoryStateStore()) => createFeatureStore({ store, features: set, prefix: PREFIX });

  it('tells why it skipped', async () => {
    const store = open();
    const batch = [
      at(0, { userKey: 's:u', messageId: 'a' }),
      at(1, { userKey: 's:u', messageId: 'a' }),
      at(2, { userKey: 's:v', messageId: 'a' }),
    ];
    const first = await store.apply(batch);
    expect(first.applied.map(({ position }) => position.offset)).toEqual([0, 2]);
    expect(first.skipped).toEqual({ repeated: 0, duplicate: 1 });
    expect(first.touched.map(({ userKey }) => userKey)).toEqual(['s:u', 's:v']);
    await first.persist();
    const second = await store.apply(batch);
    expect(second.applied).toEqual([]);
    expect(second.skipped).toEqual({ repeated: 2, duplicate: 1 });
  });

  it('forgets a message id after 128 others of the user', async () => {
    const store = open();
    const ids = ['x', ...Array.from({ length: 127 }, (_, i) => `${i}`), 'x', '127', 'x'];
    const batch = await store.apply(ids.map((messageId, offset) => at(offset, { userKey: 's:u', messageId })));
    expect(batch.skipped.duplicate).toBe(1);
    expect(batch.applied.at(-1)!.position.offset).toBe(130);
  });

  it('shows the state right after each event and reads back what was persisted', async () => {
    const store = open();
    const seen: number[] = [];
    const batch = await store.apply([at(4, { userKey: 's:u', messageId: 'a' }), at(9, { userKey: 's:u', messageId: 'b' })], {
      onApplied: (state) => seen.push(state.positions[0]!.nextOffset),
    });
    expect(seen).toEqual([5, 10]);
    batch.touched[0]!.of(decision).segment = 'loyal';
    expect(await store.get('s:u')).toBeNull();
    await batch.persist();
    const [state, none] = await store.getMany(['s:u', 's:none']);
    expect(none).toBeNull();
    expect(state!.of(decision).segment).toBe('loyal');
    expect(state!.positions).toEqual([{ topic: 'events', partition: 0, nextOffset: 10 }]);
    const scanned = [];
    for await (const page of store.scan()) scanned.push(...page.map(({ userKey }) => userKey));
    expect(scanned).toEqual(['s:u']);
  });

  it('refuses to persist a batch that a newer one replaced', async () => {
    const store = open();
    const first = await store.apply([at(0, { userKey: 's:u' })]);
    await store.apply([at(0, { userKey: 's:u' })]);
    await expect(first.persist()).rejects.toMatchObject({ code: 'STATE_CONFLICT', retryable: true });
  });

  it('refuses a user that another partition is changing, and takes it afterwards', async () => {
    const store = open();
    const first = await store.apply([at(0, { userKey: 's:u', messageId: 'a' }, 0, 'events')]);
    const second = [at(7, { userKey: 's:u', messageId: 'b' }, 3, 'catalogue')];
    await expect(store.apply(second)).rejects.toMatchObject({ code: 'STATE_CONFLICT', retryable: true });
    await first.persist();
    await (await store.apply(second)).persist();
    expect((await store.get('s:u'))!.positions).toEqual([
      { topic: 'catalogue', partition: 3, nextOffset: 8 },
      { topic: 'events', partition: 0, nextOffset: 1 },
    ]);
  });

  it('refuses a batch of two partitions: a bug', async () => {
    await expect(open().apply([at(0, {}, 0), at(0, {}, 1)])).rejects.toThrow('two partitions');
  });

  it('erases a user, also from a batch in flight', async () => {
    const store = open();
    await (await store.apply([at(0, { userKey: 's:u', messageId: 'a' })])).persist();
    const inFlight = await store.apply([at(1, { userKey: 's:u', messageId: 'b' }), at(2, { userKey: 's:v', messageId: 'c' })]);
    await store.erase(['s:u']);
    await inFlight.persist();
    expect((await store.getMany(['s:u', 's:v'])).map((state) => state?.userKey)).toEqual([undefined, 's:v']);
    const after = await store.apply([at(3, { userKey: 's:u', messageId: 'a' })]);
    expect(after.applied).toHaveLength(1);
  });

  it('saves attributes changed outside a batch, and the next batch sees them', async () => {
    const store = open();
    await (await store.apply([at(0, { userKey: 's:u', messageId: 'a' })])).persist();
    const [state] = await store.getMany(['s:u']);
    state!.of(decision).segment = 'renamed';
    await store.save([state!]);
    const next = await store.apply([at(1, { userKey: 's:u', messageId: 'b' })]);
    expect(next.touched[0]!.of(decision).segment).toBe('renamed');
    await next.persist();
    await expect(store.save([state!])).rejects.toMatchObject({ code: 'STATE_CONFLICT', retryable: true });
  });

  it('takes an empty batch', async () => {
    const batch = await open().apply([]);
    await batch.persist();
    expect(batch.applied).toEqual([]);
  });

  it('says which record is corrupt', async () => {
    const memory = new MemoryStateStore();
    memory.put([{ key: `${PREFIX}s:u`, value: Buffer.from('nonsense'), revision: 1 }]);
    await expect(open(memory).apply([at(0, { userKey: 's:u' })])).rejects.toMatchObject({ code: 'STATE_CORRUPT', retryable: false });
  });
});
