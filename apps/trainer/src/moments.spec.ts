import { EVENT, TOPICS, type Event } from '@tradewind/contracts';
import type { EventLog, LogRecord } from '@tradewind/eventing';
import { LIVELY_SHOP_OPENS_MS, aLivelyShop } from '@tradewind/testing';
import { takeMoments } from './moments';
import { PROFILE } from './snapshot';

const DAY_MS = 86_400_000;
const AT_MS = [20, 50, 110].map((day) => LIVELY_SHOP_OPENS_MS + day * DAY_MS);
const { name: topic } = TOPICS.events;

/** A log of one partition. */
function logOf(events: readonly Event[]): Pick<EventLog, 'read'> {
  const records = events.map((event, offset): LogRecord => {
    const value = EVENT.encode(event);
    return { topic, partition: 0, offset, key: Buffer.from(event.userKey), value, headers: {}, timestampMs: event.occurredAtMs };
  });
  return {
    async *read() {
      for (let at = 0; at < records.length; at += 100) yield records.slice(at, at + 100);
    },
  };
}

/** Profiles of who ordered before a moment, folded from the events before it and nothing else. */
function profilesBefore(events: readonly Event[], atMs: number): Map<string, Float32Array> {
  const states = new Map<string, ReturnType<typeof PROFILE.create>>();
  const buyers = new Set<string>();
  events.forEach((event, offset) => {
    if (event.occurredAtMs >= atMs) return;
    const state = states.get(event.userKey) ?? PROFILE.create(event.userKey);
    states.set(event.userKey, state);
    PROFILE.apply(state, { topic, partition: 0, offset }, event);
    if (event.name === 'Order Completed') buyers.add(event.userKey);
  });
  return new Map(
    [...buyers].sort().map((userKey) => {
      const vector = new Float32Array(PROFILE.columns.length);
      PROFILE.vector(states.get(userKey)!, atMs, vector);
      return [userKey, vector];
    }),
  );
}

describe('takeMoments', () => {
  const events = aLivelyShop({ customers: 60 });
  const mixed = events
    .map((event, at) => ({ event, key: (at * 7919) % events.length }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }) => event);

  it.each([
    ['in order', events],
    ['mixed up', mixed],
  ])('gives the profiles of the events before each moment, of a log %s', async (_, log) => {
    const { moments, userKeys } = await takeMoments(logOf(log), { atMs: AT_MS });
    moments.forEach(({ customers, profiles, atMs }) => {
      const expected = profilesBefore(log, atMs);
      expect(Array.from(customers, (user) => userKeys[user])).toEqual([...expected.keys()]);
      expect(Array.from(profiles)).toEqual([...expected.values()].flatMap((vector) => Array.from(vector)));
    });
    expect(moments.map(({ atMs }) => atMs)).toEqual(AT_MS);
  });

  it('tells orders with their amounts, and declared attributes only', async () => {
    const shop = aLivelyShop({ customers: 20, groups: true });
    const { orders, userKeys, attributes } = await takeMoments(logOf(shop), { atMs: AT_MS, attributes: ['group', 'shoeSize'] });
    const placed = shop.filter(({ name }) => name === 'Order Completed');
    expect(orders.users).toHaveLength(placed.length);
    expect(orders.amounts.reduce((sum, amount) => sum + amount, 0)).toBe(placed.reduce((sum, { valueMinor }) => sum + valueMinor, 0));
    userKeys.forEach((userKey, user) => expect(attributes['group']![user]).toBe(Number(userKey.split('-')[1]) % 2 === 0 ? 'A' : 'B'));
    expect(new Set(attributes['shoeSize'])).toEqual(new Set(['']));
    expect((await takeMoments(logOf(shop), { atMs: AT_MS })).attributes).toEqual({});
  });
});
