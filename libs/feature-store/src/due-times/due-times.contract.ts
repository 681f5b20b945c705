import { uniqueName } from '@tradewind/testing';
import fc from 'fast-check';
import type { StateStore } from '../state-store';
import type { DueTime, DueTimes } from './due-times';

/** What every `DueTimes` does; `open` gives the store of one test, which closes it. */
export function describeDueTimes(name: string, open: () => Promise<StateStore>): void {
  describe(`${name}: DueTimes contract`, () => {
    let store: StateStore;
    let times: DueTimes;
    let queue: string;
    const all = () => times.due(queue, Infinity, 1_000_000);
    const schedule = (...given: [string, number][]) =>
      times.schedule(
        queue,
        given.map(([key, atMs]) => ({ key, atMs })),
      );

    beforeEach(async () => {
      store = await open();
      times = store.dueTimes;
      queue = uniqueName('queue');
    });
    afterEach(async () => {
      const left = await all();
      await times.settle(
        queue,
        left.map(({ key, atMs }) => ({ key, seenMs: atMs, nextMs: null })),
      );
      await store.close();
    });

    it('gives what is due up to a moment, the earliest first, until it is settled', async () => {
      await schedule(['süß:c', 30], ['a', 10], ['b', 20], ['d', 31]);
      expect(await times.due(queue, 30, 2)).toEqual([
        { key: 'a', atMs: 10 },
        { key: 'b', atMs: 20 },
      ]);
      expect((await times.due(queue, 30, 10)).map(({ key }) => key)).toEqual(['a', 'b', 'süß:c']);
      expect(await times.due(queue, 9, 10)).toEqual([]);
      expect(await times.due(uniqueName('other'), 100, 10)).toEqual([]);
    });

    it('only ever moves a time forward to now, and does nothing for nothing', async () => {
      await schedule(['a', 20]);
      await schedule(['a', 30], ['b', 5], ['b', 3], ['b', 4]);
      await schedule(['a', 10]);
      await schedule();
      await times.settle(queue, []);
      expect(await all()).toEqual([
        { key: 'b', atMs: 3 },
        { key: 'a', atMs: 10 },
      ]);
    });

    it('settles what was seen and leaves what somebody has moved', async () => {
      await schedule(['a', 10], ['b', 10], ['c', 10]);
      await schedule(['c', 5]);
      await times.settle(queue, [
        { key: 'a', seenMs: 10, nextMs: 1_700_000_000_123 },
        { key: 'b', seenMs: 10, nextMs: null },
        { key: 'c', seenMs: 10, nextMs: null },
        { key: 'd', seenMs: 10, nextMs: 1 },
      ]);
      expect(await all()).toEqual([
        { key: 'c', atMs: 5 },
        { key: 'a', atMs: 1_700_000_000_123 },
      ]);
    });

    it('takes thousands at once', async () => {
      await schedule(...Array.from({ length: 2_500 }, (_, i): [string, number] => [`k${i}`, i]));
      const found = await all();
      expect(found).toHaveLength(2_500);
      await times.settle(
        queue,
        found.map(({ key, atMs }) => ({ key, seenMs: atMs, nextMs: null })),
      );
      expect(await all()).toEqual([]);
    });

    it('does as a plain map would', async () => {
      const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), atMs: fc.nat(9), seenMs: fc.option(fc.nat(9), { nil: null }) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          queue = uniqueName('queue');
          const model = new Map<string, number>();
          for (const { key, atMs, seenMs } of steps) {
            if (seenMs === null) {
              await schedule([key, atMs]);
              model.set(key, Math.min(atMs, model.get(key) ?? Infinity));
            } else {
              const nextMs = atMs === 0 ? null : atMs;
              await times.settle(queue, [{ key, seenMs, nextMs }]);
              if (model.get(key) !== seenMs) continue;
              if (nextMs === null) model.delete(key);
              else model.set(key, nextMs);
            }
          }
          const expected = [...model].map(([key, atMs]): DueTime => ({ key, atMs }));
          expect(await all()).toEqual(expected.sort((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1)));
        }),
        { numRuns: 50 },
      );
    });
  });
}
