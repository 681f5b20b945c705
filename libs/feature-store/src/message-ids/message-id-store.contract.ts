import fc from 'fast-check';
import { createFakeClock, uniqueName, type FakeClock } from '@tradewind/testing';
import { Fingerprints } from './fingerprints';
import type { MessageIdStore } from './message-id-store';

const HOUR_MS = 3_600_000;
const HALF_DAY_MS = 12 * HOUR_MS;
const NONE = new Fingerprints();

export function fingerprintsOf(ids: readonly string[], sourceId = 'shop'): Fingerprints {
  const prints = new Fingerprints();
  for (const id of ids) prints.push(sourceId, id);
  return prints;
}

/**
 * What every `MessageIdStore` does. Stores opened with one `place` share their ids when `shared`; else one is open at a time, and opening another
 * means that the former process has died.
 */
export function describeMessageIdStore(
  name: string,
  options: { readonly shared: boolean; open(place: string, now: () => number): Promise<MessageIdStore> },
): void {
  describe(`${name}: MessageIdStore contract`, () => {
    let clock: FakeClock;
    let place: string;
    let opened: MessageIdStore[];
    const open = async () => {
      if (!options.shared) await closeAll();
      const store = await options.open(place, clock.now);
      opened.push(store);
      return store;
    };
    const closeAll = async () => {
      for (const store of opened.splice(0)) await store.close();
    };

    beforeEach(() => {
      clock = createFakeClock();
      place = uniqueName('ids');
      opened = [];
    });
    afterEach(closeAll);

    it('answers in order of the ids, also twice the same, and finds what the same call adds', async () => {
      const store = await open();
      await store.exchange(NONE, fingerprintsOf(['a', 'c']));
      const answers = await store.exchange(fingerprintsOf(['c', 'b', 'a', 'c', 'd']), fingerprintsOf(['d']));
      expect(answers).toEqual([true, false, true, true, true]);
    });

    it('does nothing for no ids, and adds again without harm', async () => {
      const store = await open();
      expect(await store.exchange(NONE, NONE)).toEqual([]);
      await store.exchange(NONE, fingerprintsOf(['a', 'a']));
      await store.exchange(NONE, fingerprintsOf(['a']));
      expect(await store.exchange(fingerprintsOf(['a']), NONE)).toEqual([true]);
    });

    it('tells sources apart', async () => {
      const store = await open();
      await store.exchange(NONE, fingerprintsOf(['a'], 'shop'));
      expect(await store.exchange(fingerprintsOf(['a'], 'shop-2'), NONE)).toEqual([false]);
    });

    it('handles thousands of ids in one call', async () => {
      const store = await open();
      const ids = Array.from({ length: 5_000 }, (_, i) => `message-${i}`);
      await store.exchange(NONE, fingerprintsOf(ids));
      const others = ids.map((id) => `${id}x`);
      expect((await store.exchange(fingerprintsOf(ids), NONE)).every(Boolean)).toBe(true);
      expect((await store.exchange(fingerprintsOf(others), NONE)).some(Boolean)).toBe(false);
    });

    it('remembers for 24 hours, whenever an id was added, and forgets after 36', async () => {
      for (const [i, offset] of [0, 1, HOUR_MS - 1, HALF_DAY_MS / 2, HALF_DAY_MS - 1].entries()) {
        clock.set(Date.UTC(2030, 0, 1 + 10 * i) + offset);
        const id = fingerprintsOf([`added at ${offset}`]);
        const store = await open();
        await store.exchange(NONE, id);
        clock.advance(24 * HOUR_MS);
        expect(await store.exchange(id, NONE)).toEqual([true]);
        clock.advance(12 * HOUR_MS);
        expect(await store.exchange(id, NONE)).toEqual([false]);
      }
    });

    it('finds what a replica wrote whose clock is a minute ahead', async () => {
      if (!options.shared) return;
      const [ahead, behind] = [await options.open(place, () => clock.now() + 59_000), await open()];
      opened.push(ahead);
      clock.set(Date.UTC(2030, 0, 1) - 30_000);
      await ahead.exchange(NONE, fingerprintsOf(['a']));
      expect(await behind.exchange(fingerprintsOf(['a']), NONE)).toEqual([true]);
    });

    it('is like a set with times, through restarts and on every replica', async () => {
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.record({ add: fc.array(fc.nat(30), { maxLength: 8 }), ask: fc.array(fc.nat(30), { maxLength: 8 }) }) },
        { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 20 * HOUR_MS }) }) },
        { weight: 1, arbitrary: fc.constant('another' as const) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          await closeAll();
          place = uniqueName('ids');
          const addedAt = new Map<string, number>();
          const idOf = (id: number) => `id ${id}`;
          await open();
          for (const [i, each] of steps.entries()) {
            if (each === 'another') await open();
            else if ('wait' in each) clock.advance(each.wait);
            else {
              const store = opened[i % opened.length]!;
              const [add, ask] = [each.add.map(idOf), each.ask.map(idOf)];
              const answers = await store.exchange(fingerprintsOf(ask), fingerprintsOf(add));
              for (const id of add) addedAt.set(id, clock.now());
              answers.forEach((found, k) => {
                const ageMs = clock.now() - (addedAt.get(ask[k]!) ?? -Infinity);
                if (ageMs <= 24 * HOUR_MS) expect(found).toBe(true);
                if (ageMs >= 36 * HOUR_MS) expect(found).toBe(false);
              });
            }
          }
          await closeAll();
        }),
        { numRuns: 60 },
      );
    });

    it('answers a ping and closes twice', async () => {
      const store = await open();
      await store.ping();
      await store.close();
      await store.close();
    });
  });
}
