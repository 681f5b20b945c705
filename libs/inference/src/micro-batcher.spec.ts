import fc from 'fast-check';
import { createMicroBatcher } from './micro-batcher';

/** Doubles its rows and remembers the size of each batch. */
function doubler() {
  const sizes: number[] = [];
  const run = async (rows: readonly number[]): Promise<number[]> => {
    sizes.push(rows.length);
    return rows.map((row) => row * 2);
  };
  return { sizes, run };
}

describe('createMicroBatcher', () => {
  it('joins what is asked for in one turn of the event loop', async () => {
    const { sizes, run } = doubler();
    const batcher = createMicroBatcher({ run });
    expect(await Promise.all([1, 2, 3].map((row) => batcher.submit(row)))).toEqual([2, 4, 6]);
    expect(await batcher.submit(4)).toBe(8);
    expect(sizes).toEqual([3, 1]);
  });

  it('gives each caller its own result, in batches up to the maximum', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), async (rows, maxBatch) => {
        const { sizes, run } = doubler();
        const batcher = createMicroBatcher({ run, maxBatch });
        expect(await Promise.all(rows.map((row) => batcher.submit(row)))).toEqual(rows.map((row) => row * 2));
        expect(sizes.every((size) => size <= maxBatch)).toBe(true);
        expect(sizes).toHaveLength(Math.ceil(rows.length / maxBatch));
      }),
    );
  });

  it('waits for company as long as it may, once per batch', async () => {
    const { sizes, run } = doubler();
    const timers: { flush: () => void; ms: number; cancelled: boolean }[] = [];
    const schedule = (flush: () => void, ms: number) => {
      const timer = { flush, ms, cancelled: false };
      timers.push(timer);
      return () => void (timer.cancelled = true);
    };
    const batcher = createMicroBatcher({ run, maxBatch: 3, maxWaitMs: 5, schedule });
    const first = [batcher.submit(1), batcher.submit(2)];
    expect(timers).toMatchObject([{ ms: 5, cancelled: false }]);
    expect(sizes).toEqual([]);
    timers[0]!.flush();
    expect(await Promise.all(first)).toEqual([2, 4]);
    await Promise.all([3, 4, 5].map((row) => batcher.submit(row)));
    expect(timers).toMatchObject([{}, { cancelled: true }]);
    expect(sizes).toEqual([2, 3]);
  });

  it('rejects every caller of a failed run, and only those', async () => {
    const batcher = createMicroBatcher<number, number>({
      run: async (rows) => {
        if (rows.includes(0)) throw new Error('no zeros');
        return rows.map((row) => 1 / row);
      },
      maxBatch: 2,
    });
    const outcomes = await Promise.allSettled([0, 1, 2, 4].map((row) => batcher.submit(row)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { message: 'no zeros' } });
  });

  it('rejects every caller when the rows out are not the rows in, or the run throws at once', async () => {
    const short = createMicroBatcher({ run: async (rows: readonly number[]) => rows.slice(1) });
    const outcomes = await Promise.allSettled([short.submit(1), short.submit(2)]);
    const reason = { message: 'a micro-batch of 2 rows gave 1 results' };
    expect(outcomes).toMatchObject([{ reason }, { reason }]);
    const throwing = createMicroBatcher<number, number>({
      run: () => {
        throw new Error('at once');
      },
    });
    await expect(throwing.submit(1)).rejects.toThrow('at once');
  });

  it('closes after what waits has run', async () => {
    const { sizes, run } = doubler();
    const batcher = createMicroBatcher({ run, maxWaitMs: 60_000 });
    const last = batcher.submit(7);
    await batcher.close();
    await batcher.close();
    expect(await last).toBe(14);
    expect(sizes).toEqual([1]);
    await expect(batcher.submit(8)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
