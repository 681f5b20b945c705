import fc from 'fast-check';
import { filterByCounts, newPairs, splitByTime, toHistories, toSparse, transpose, type InteractionLog } from './interactions';
import { popularity } from './popularity';
import { fadeHistories, trendFactors } from './trend';

const [USERS, ITEMS] = [6, 7];
const event = fc.record({ user: fc.nat(USERS - 1), item: fc.nat(ITEMS - 1), timeMs: fc.nat(1000), weight: fc.integer({ min: 1, max: 9 }) });
const log = fc.array(event, { minLength: 1, maxLength: 60 }).map(toLog);

describe('interactions', () => {
  it('sums events to one entry a pair, whatever their order', () => {
    fc.assert(
      fc.property(log, (events) => {
        const histories = toHistories(events);
        const seen = new Map<string, { events: number; weight: number; lastMs: number }>();
        events.users.forEach((user, at) => {
          const key = `${user} ${events.items[at]}`;
          const { events: count, weight, lastMs } = seen.get(key) ?? { events: 0, weight: 0, lastMs: -1 };
          seen.set(key, { events: count + 1, weight: weight + events.weights[at]!, lastMs: Math.max(lastMs, events.timesMs[at]!) });
        });
        expect(histories.indices).toHaveLength(seen.size);
        for (let user = 0; user < USERS; user++) {
          const own = [...histories.indices.subarray(histories.offsets[user]!, histories.offsets[user + 1]!)];
          expect(own).toEqual([...new Set(own)].sort((a, b) => a - b));
          own.forEach((item, place) => {
            const at = histories.offsets[user]! + place;
            const entry = { events: histories.events[at], weight: histories.weights[at], lastMs: histories.lastMs[at] };
            expect(entry).toEqual(seen.get(`${user} ${item}`));
          });
        }
      }),
    );
  });

  it('transposed twice is itself', () => {
    fc.assert(
      fc.property(log, (events) => {
        const matrix = toSparse(toHistories(events), ({ weight }) => weight);
        expect(transpose(transpose(matrix))).toEqual(matrix);
      }),
    );
  });

  it('splits time, not events: nothing of the future is in train, nothing is lost', () => {
    fc.assert(
      fc.property(log, (events) => {
        const { train, heldOut, cutMs } = splitByTime(events, 0.2);
        expect(train.timesMs.every((time) => time < cutMs)).toBe(true);
        expect(heldOut.timesMs.every((time) => time >= cutMs)).toBe(true);
        expect(train.users.length + heldOut.users.length).toBe(events.users.length);
      }),
    );
    const { cutMs } = splitByTime(toLog([0, 1, 2, 100].map((timeMs) => ({ user: 0, item: 0, timeMs, weight: 1 }))));
    expect(cutMs).toBe(80);
  });

  it('keeps items with enough users, then users with enough of those items', () => {
    const pairs = [[0, 0], [1, 0], [0, 1], [1, 1], [2, 1], [2, 2], [2, 2]]; // prettier-ignore
    const kept = filterByCounts(toLog(pairs.map(([user, item]) => ({ user: user!, item: item!, timeMs: 0, weight: 1 }))), {
      minItemUsers: 2,
      minUserItems: 2,
    });
    expect([...kept.users]).toEqual([0, 1, 0, 1]);
  });

  it('asks only for pairs that are new, of users with a history', () => {
    const of = (pairs: number[][]) => toHistories(toLog(pairs.map(([user, item]) => ({ user: user!, item: item!, timeMs: 0, weight: 1 }))));
    const truth = newPairs(of([[0, 1], [0, 2], [0, 3], [1, 1]]), of([[0, 1]]), (item) => item !== 3); // prettier-ignore
    expect([...truth.offsets.subarray(0, 3)]).toEqual([0, 1, 1]);
    expect([...truth.indices]).toEqual([2]);
  });
});

describe('popularity, trend and fading', () => {
  const events = toLog([
    { user: 0, item: 0, timeMs: 0, weight: 1 },
    { user: 1, item: 0, timeMs: 0, weight: 1 },
    { user: 0, item: 0, timeMs: 1, weight: 9 },
    { user: 0, item: 1, timeMs: 5 * 86_400_000, weight: 1 },
  ]);

  it('popularity counts different users, in all or lately', () => {
    expect([...popularity(events).subarray(0, 3)]).toEqual([1, 0.5, 0]);
    expect([...popularity(events, { windowMs: 86_400_000 }).subarray(0, 3)]).toEqual([0, 1, 0]);
  });

  it('trend is above 1 for what came lately, below for what faded, 1 when ignored', () => {
    const [old, rising] = trendFactors(events, { windowMs: 86_400_000, exponent: 1 });
    expect(old).toBeLessThan(1);
    expect(rising).toBeGreaterThan(1);
    expect(trendFactors(events, { windowMs: 86_400_000, exponent: 0 }).every((factor) => factor === 1)).toBe(true);
  });

  it('the latest item weighs 1, older ones half for each half-life', () => {
    const { values, offsets } = fadeHistories(toHistories(events), 5 * 86_400_000);
    expect(values[offsets[0]!]).toBeCloseTo(0.5, 6);
    expect(values[offsets[0]! + 1]).toBe(1);
    expect(fadeHistories(toHistories(events), Infinity).values.every((value) => value === 1)).toBe(true);
  });
});

function toLog(events: readonly { user: number; item: number; timeMs: number; weight: number }[]): InteractionLog {
  return {
    users: Int32Array.from(events, ({ user }) => user),
    items: Int32Array.from(events, ({ item }) => item),
    timesMs: Float64Array.from(events, ({ timeMs }) => timeMs),
    weights: Float64Array.from(events, ({ weight }) => weight),
    userCount: USERS,
    itemCount: ITEMS,
  };
}
