import { partitionForKey } from '@tradewind/contracts';
import { describeWith, freePort, uniqueName } from '@tradewind/testing';
import fc from 'fast-check';
import { Partitioners, type KafkaMessage, type PartitionMetadata } from 'kafkajs';
import { KafkaEventLog, openKafkaEventLog } from './kafka-event-log';
import { toLogRecords } from './kafka-records';

describe('kafkajs and we', () => {
  it('agree on the partition of every key', () => {
    const theirs = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 64 }), fc.integer({ min: 1, max: 50 }), (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0 }) as PartitionMetadata);
        const message = { key: Buffer.from(key), value: null };
        expect(partitionForKey(key, partitions)).toBe(theirs({ topic: 'any', partitionMetadata, message }));
      }),
    );
  });

  it('share what was fetched, and turn repeated and null headers into one value', () => {
    const plain = { a: Buffer.from('1') };
    const message = (headers: KafkaMessage['headers']) =>
      ({ offset: '12', timestamp: '1700000000000', key: null, value: Buffer.from('v'), attributes: 0, headers }) as KafkaMessage;
    const odd = { a: [Buffer.from('1'), Buffer.from('2')], b: null as unknown as Buffer };
    const [first, second] = toLogRecords('t', 3, [message(plain), message(odd)], 0, 2);
    expect(first).toMatchObject({ topic: 't', partition: 3, offset: 12, timestampMs: 1_700_000_000_000, key: null });
    expect(first!.headers).toBe(plain);
    expect(second!.headers).toEqual({ a: Buffer.from('2'), b: Buffer.alloc(0) });
  });
});

describe('KafkaEventLog without a broker', () => {
  it('says LOG_UNAVAILABLE, retryable, to whoever asks', async () => {
    const brokers = [`127.0.0.1:${await freePort()}`];
    const unavailable = { code: 'LOG_UNAVAILABLE', retryable: true };
    await expect(openKafkaEventLog({ brokers, clientId: 'tests' })).rejects.toMatchObject(unavailable);
    const log = new KafkaEventLog({ brokers, clientId: 'tests', maxQueuedBytes: 1_000 });
    const record = { topic: 'any', key: 'k', value: Buffer.alloc(900) };
    const first = log.publish([record]);
    await expect(log.publish([record])).rejects.toMatchObject({ code: 'OVERLOADED', retryable: true });
    await expect(first).rejects.toMatchObject(unavailable);
    await expect(log.subscribe({ groupId: 'g', topics: ['any'], onBatch: () => Promise.resolve() })).rejects.toMatchObject(unavailable);
    await log.close();
  });
});

describeWith('kafka', 'KafkaEventLog publishing', (brokers) => {
  let log: KafkaEventLog;
  beforeAll(() => {
    log = new KafkaEventLog({ brokers: brokers.split(','), clientId: 'tests', lingerMs: 20 });
  });
  afterAll(() => log.close());

  it('fails only the call whose record is too large, or whose topic is missing, and goes on', async () => {
    const name = uniqueName('publish');
    await log.ensureTopics([{ name, partitions: 2, cleanup: 'delete', retentionMs: -1, key: 'test key' }]);
    const good = (i: number) => log.publish([{ topic: name, key: `key-${i}`, value: Buffer.from(`value-${i}`) }]);
    const outcomes = await Promise.allSettled([
      good(0),
      log.publish([{ topic: name, key: 'large', value: Buffer.alloc(5_000_000) }]),
      good(1),
      log.publish([{ topic: uniqueName('missing'), key: 'k', value: null }]),
      good(2),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'EVENT_TOO_LARGE', retryable: false } });
    expect(outcomes[3]).toMatchObject({ reason: { code: 'LOG_UNAVAILABLE', retryable: true } });
    const read = new Map<string, string>();
    for await (const chunk of log.read(name))
      for (const { partition, offset, value } of chunk) read.set(`${partition}@${offset}`, String(value));
    const acknowledged = [0, 2, 4].flatMap((i) => (outcomes[i] as PromiseFulfilledResult<{ partition: number; offset: number }[]>).value);
    expect(acknowledged.map(({ partition, offset }) => read.get(`${partition}@${offset}`))).toEqual(['value-0', 'value-1', 'value-2']);
    await expect(good(3)).resolves.toHaveLength(1);
  });
});
