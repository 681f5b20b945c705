import { EVENT, TOPICS, userKey, type Event } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog, type LogRecord } from '@tradewind/eventing';
import { MemoryStateStore, PROFILE_FEATURES, createFeatureStore } from '@tradewind/feature-store';
import { anEvent, anEventRecord, anOrder, useTempDir } from '@tradewind/testing';
import { aShop } from '../test/a-shop';
import { PROFILE, takeSnapshot } from './snapshot';

const dir = useTempDir();
let log: EventLog;

beforeEach(async () => {
  log = await openEmbeddedEventLog({ dataDir: dir() });
  await log.ensureTopics([TOPICS.events]);
});
afterEach(() => log.close());

/** Views, refunds and what an anonymous visitor bought, among the orders. */
function aBusyShop(): Event[] {
  return aShop().flatMap((order, i) => {
    const { userId, userKey: key, occurredAtMs, items } = order;
    const view = anEvent({ userId, userKey: key, occurredAtMs: occurredAtMs - 60_000, items: items.slice(0, 1) });
    const refund = anOrder([[items[0]!.productId, 1, 50]], {
      name: 'Order Refunded',
      userId,
      userKey: key,
      occurredAtMs: occurredAtMs + 1,
    });
    const anonymous = { userId: '', anonymousId: `guest-${i}`, userKey: userKey('shop', `guest-${i}`), occurredAtMs };
    return [view, order, ...(i % 5 === 0 ? [refund] : []), ...(i % 11 === 0 ? [anOrder([['a1', 1, 5]], anonymous)] : [])];
  });
}

describe('the training snapshot', () => {
  it('holds, for each customer, what serving folded from the same log', async () => {
    const events = aBusyShop();
    await log.publish(events.map(anEventRecord));
    await log.publish(events.slice(0, 50).map(anEventRecord)); // a client that sent again
    const snapshot = await takeSnapshot(log);

    const features = createFeatureStore({ store: new MemoryStateStore(), features: PROFILE_FEATURES, prefix: 't:' });
    for await (const records of log.read(TOPICS.events.name)) await serve(records);
    async function serve(records: readonly LogRecord[]): Promise<void> {
      const { persist } = await features.apply(records.map((record) => ({ position: record, event: EVENT.decode(record.value) })));
      await persist();
    }

    expect(snapshot.events).toBe(events.length);
    const buyers = new Set(events.filter(({ name }) => name === 'Order Completed').map((event) => event.userKey));
    expect(snapshot.userKeys).toEqual([...buyers].sort());
    const width = PROFILE.columns.length;
    for (const [row, key] of snapshot.userKeys.entries()) {
      const served = new Float32Array(width);
      features.featureSet.vector((await features.get(key))!, snapshot.untilMs, served);
      expect([key, ...snapshot.profiles.subarray(row * width, (row + 1) * width)]).toEqual([key, ...served]);
    }
  });

  it('leaves out what serving leaves out: events whose person refused personalization', async () => {
    const kept = anOrder([['a', 1, 1]], { userId: 'u1', userKey: 'shop:u1' });
    const refused = (...deniedPurposes: string[]) => anOrder([['b', 1, 1]], { userId: 'u2', userKey: 'shop:u2', deniedPurposes });
    await log.publish([kept, refused('personalization'), refused('advertising', 'analytics')].map(anEventRecord));
    expect(await takeSnapshot(log)).toMatchObject({ events: 1, userKeys: ['shop:u1'], purchases: [{ itemId: 'a' }] });
  });

  it('lists what known customers bought, and tells its window', async () => {
    const at = (day: number) => ({ occurredAtMs: Date.UTC(2024, 0, day) });
    const guest = { userId: '', anonymousId: 'g', userKey: 'shop:g' };
    const odd = anOrder([['cup', 2, 1], ['', 1, 1], ['free', 0, 1]], at(2)); // prettier-ignore
    await log.publish([anOrder([['pot', 1, 1]], { ...guest, ...at(3) }), odd, anEvent(at(1))].map(anEventRecord));
    const { purchases, userKeys, fromMs, untilMs, events } = await takeSnapshot(log);
    expect(purchases).toEqual([{ userKey: 'shop:user-1', itemId: 'cup', quantity: 2, ...at(2) }]);
    expect(userKeys).toEqual(['shop:g', 'shop:user-1']);
    expect({ fromMs, untilMs, events }).toEqual({ fromMs: Date.UTC(2024, 0, 1), untilMs: Date.UTC(2024, 0, 3), events: 3 });
  });

  it('leaves corrupt records out and tells how far it is', async () => {
    await log.publish([anEventRecord(anOrder([['cup', 1, 1]])), { topic: TOPICS.events.name, key: 'k', value: Buffer.from('no event') }]);
    const shares: number[] = [];
    expect(await takeSnapshot(log, { onProgress: (done) => shares.push(done) })).toMatchObject({ events: 1, userKeys: ['shop:user-1'] });
    expect(shares.at(-1)).toBe(1);
  });

  it('is empty for an empty log', async () => {
    expect(await takeSnapshot(log)).toMatchObject({ userKeys: [], purchases: [], fromMs: 0, untilMs: 0, events: 0 });
  });
});
