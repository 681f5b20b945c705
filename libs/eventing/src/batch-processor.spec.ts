import { AppError } from '@tradewind/contracts';
import fc from 'fast-check';
import type { BatchHandler, BatchResult } from './batch-handler';
import { createBatchProcessor, type BatchProcessorOptions } from './batch-processor';
import type { Batch, LogRecord, OutboundRecord } from './event-log';

const NOW_MS = Date.UTC(2024, 4, 1);
const UNAVAILABLE = () => new AppError('STATE_UNAVAILABLE', 'away', { retryable: true });

function aBatch(values: readonly string[], headers: LogRecord['headers'] = {}): Batch {
  const records = values.map((value, offset) => ({
    topic: 'orders',
    partition: 3,
    offset,
    timestampMs: NOW_MS,
    key: Buffer.from(`key-${offset}`),
    value: Buffer.from(value),
    headers,
  }));
  return { topic: 'orders', partition: 3, records, highWatermark: values.length };
}

/** A processor over a recording log: `steps` tells what happened in which order. */
function setUp(handler: BatchHandler, options: Partial<BatchProcessorOptions> = {}) {
  const steps: string[] = [];
  const published: OutboundRecord[] = [];
  const waits: number[] = [];
  const abort = new AbortController();
  let beats = 0;
  const process = createBatchProcessor({
    service: 'tests',
    handler,
    log: {
      publish: (records) => {
        steps.push(`publish ${records[0]!.topic}`);
        published.push(...records);
        return Promise.resolve([]);
      },
    },
    now: () => NOW_MS,
    random: () => 0,
    sleep: (durationMs) => {
      waits.push(durationMs);
      return Promise.resolve();
    },
    ...options,
  });
  const context = {
    signal: abort.signal,
    heartbeat: () => {
      beats++;
      return Promise.resolve();
    },
  };
  return { process: (batch: Batch) => process(batch, context), steps, published, waits, abort, beats: () => beats };
}

function outputOf(batch: Batch, rest: Partial<BatchResult> = {}): BatchResult {
  return { outputs: batch.records.map(({ key, value }) => ({ topic: 'outputs', key, value })), deadLetters: [], ...rest };
}

/** Throws, as a bug would, when the batch holds a value that starts with `bad`. */
const choking: BatchHandler = (batch) => {
  const bad = batch.records.find(({ value }) => String(value).startsWith('bad'));
  return bad ? Promise.reject(new TypeError(`choked on ${bad.value}`)) : Promise.resolve(outputOf(batch));
};

const valuesTo = (published: readonly OutboundRecord[], topic: string) =>
  published.filter((record) => record.topic === topic).map(({ value }) => String(value));

describe('batch processor', () => {
  it('publishes outputs, then dead letters, then persists', async () => {
    const { process, steps } = setUp((batch) =>
      Promise.resolve(
        outputOf(batch, {
          deadLetters: [{ record: batch.records[0]!, code: 'RECORD_CORRUPT', reason: 'no protobuf' }],
          persist: () => Promise.resolve(void steps.push('persist')),
        }),
      ),
    );
    await process(aBatch(['a', 'b']));
    expect(steps).toEqual(['publish outputs', 'publish orders.dlq', 'persist']);
  });

  it('leaves a dead letter as it was and adds where it came from and why', async () => {
    const headers = { ce_id: Buffer.from('1') };
    const { process, published } = setUp((batch) =>
      Promise.resolve({ outputs: [], deadLetters: [{ record: batch.records[1]!, code: 'RECORD_CORRUPT', reason: 'no protobuf' }] }),
    );
    const batch = aBatch(['a', 'b'], headers);
    await process(batch);
    expect(published).toEqual([
      {
        topic: 'orders.dlq',
        key: batch.records[1]!.key,
        value: batch.records[1]!.value,
        headers: {
          ...headers,
          tw_dlq_reason: 'no protobuf',
          tw_dlq_code: 'RECORD_CORRUPT',
          tw_dlq_attempts: '1',
          tw_dlq_service: 'tests',
          tw_dlq_first_failure_at: '2024-05-01T00:00:00.000Z',
          tw_dlq_topic: 'orders',
          tw_dlq_partition: '3',
          tw_dlq_offset: '1',
        },
      },
    ]);
  });

  it('retries a retryable error with capped exponential backoff and heartbeats', async () => {
    let failures = 4;
    const { process, waits, published, beats } = setUp(
      (batch) => (failures-- > 0 ? Promise.reject(UNAVAILABLE()) : Promise.resolve(outputOf(batch))),
      { retry: { initialMs: 100, maxMs: 300 } },
    );
    await process(aBatch(['a']));
    expect(waits).toEqual([100, 200, 300, 300]);
    expect(beats()).toBe(4);
    expect(valuesTo(published, 'outputs')).toEqual(['a']);
  });

  it('takes the jitter off the wait', async () => {
    let failures = 1;
    const { process, waits } = setUp((batch) => (failures-- > 0 ? Promise.reject(UNAVAILABLE()) : Promise.resolve(outputOf(batch))), {
      random: () => 0.5,
      retry: { initialMs: 100, jitterRatio: 0.4 },
    });
    await process(aBatch(['a']));
    expect(waits).toEqual([80]);
  });

  it('repeats only the step that failed: outputs are published once while the state is away', async () => {
    let failures = 3;
    const { process, published } = setUp((batch) =>
      Promise.resolve(outputOf(batch, { persist: () => (failures-- > 0 ? Promise.reject(UNAVAILABLE()) : Promise.resolve()) })),
    );
    await process(aBatch(['a', 'b']));
    expect(valuesTo(published, 'outputs')).toEqual(['a', 'b']);
  });

  it('repeats the whole batch on STATE_CONFLICT', async () => {
    let conflicts = 2;
    let handled = 0;
    const conflict = () => Promise.reject(new AppError('STATE_CONFLICT', 'somebody was faster', { retryable: true }));
    const { process, published } = setUp((batch) => {
      handled++;
      return Promise.resolve(outputOf(batch, { persist: () => (conflicts-- > 0 ? conflict() : Promise.resolve()) }));
    });
    await process(aBatch(['a']));
    expect(handled).toBe(3);
    expect(valuesTo(published, 'outputs')).toEqual(['a', 'a', 'a']);
  });

  it('rejects with the last error when retries are used up, having dead-lettered nothing', async () => {
    const { process, published, waits } = setUp(() => Promise.reject(UNAVAILABLE()), { retry: { maxAttempts: 4 } });
    await expect(process(aBatch(['a', 'b']))).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    expect([published, waits.length]).toEqual([[], 3]);
  });

  it('gives up when the batch is no longer its own', async () => {
    const { process, abort, published } = setUp(() => {
      abort.abort();
      return Promise.reject(UNAVAILABLE());
    });
    await expect(process(aBatch(['a']))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(published).toEqual([]);
  });

  it('neither publishes nor persists what was handled after the batch was lost', async () => {
    const { process, abort, steps } = setUp((batch) => {
      abort.abort();
      return Promise.resolve(outputOf(batch, { persist: () => Promise.resolve(void steps.push('persist')) }));
    });
    await expect(process(aBatch(['a']))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(steps).toEqual([]);
  });
});

describe('batch processor: poison records', () => {
  it('sets the poison record aside and handles the others as one batch', async () => {
    const { process, published } = setUp(choking);
    await process(aBatch(['a', 'b', 'bad-c', 'd', 'e']));
    expect(valuesTo(published, 'outputs')).toEqual(['a', 'b', 'd', 'e']);
    expect(valuesTo(published, 'orders.dlq')).toEqual(['bad-c']);
    expect(published.at(-1)!.headers).toMatchObject({ tw_dlq_code: 'HANDLER_FAILED', tw_dlq_reason: 'TypeError: choked on bad-c' });
  });

  it('sets a poison record aside that is a batch by itself', async () => {
    const { process, published } = setUp(choking);
    await process(aBatch(['bad']));
    expect(valuesTo(published, 'orders.dlq')).toEqual(['bad']);
  });

  it('takes many in a row for a bug: rejects with its error, publishes nothing', async () => {
    const { process, published } = setUp(choking, { maxConsecutivePoison: 3 });
    await expect(process(aBatch(['a', 'bad-1', 'bad-2', 'bad-3', 'bad-4', 'b']))).rejects.toThrow(TypeError);
    expect(published).toEqual([]);
  });

  it('counts those in a row over batches, until one is handled', async () => {
    const { process } = setUp(choking, { maxConsecutivePoison: 2 });
    await process(aBatch(['bad']));
    await process(aBatch(['bad']));
    await process(aBatch(['good']));
    await process(aBatch(['bad']));
    await process(aBatch(['bad']));
    await expect(process(aBatch(['bad']))).rejects.toThrow(TypeError);
  });

  it('does not take an absent dependency for poison, even while it searches', async () => {
    let runs = 0;
    const { process, published } = setUp((batch, context) => (++runs === 3 ? Promise.reject(UNAVAILABLE()) : choking(batch, context)), {
      retry: { maxAttempts: 1 },
    });
    await expect(process(aBatch(['a', 'bad', 'c', 'd']))).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    expect(published).toEqual([]);
  });

  it('separates any mixture, in order, and a batch of one gives what a batch of n gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (kinds) => {
        const values = kinds.map((bad, i) => `${bad ? 'bad' : 'good'}-${i}`);
        const [whole, single] = [setUp(choking, { maxConsecutivePoison: 40 }), setUp(choking, { maxConsecutivePoison: 40 })];
        await whole.process(aBatch(values));
        const batch = aBatch(values);
        for (const record of batch.records) await single.process({ ...batch, records: [record] });
        for (const { published } of [whole, single]) {
          expect(valuesTo(published, 'outputs')).toEqual(values.filter((value) => value.startsWith('good')));
          expect(valuesTo(published, 'orders.dlq')).toEqual(values.filter((value) => value.startsWith('bad')));
        }
      }),
      { numRuns: 50 },
    );
  });
});
