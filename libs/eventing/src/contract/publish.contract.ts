import { AppError, partitionForKey } from '@tradewind/contracts';
import type { LogRecord, OutboundRecord } from '../event-log';
import { createTopic, numbered, topicSpec, valuesOf, type CurrentLog } from './support.contract';

export function describeTopics(current: CurrentLog): void {
  describe('ensureTopics', () => {
    it('creates missing topics and accepts them when they are there', async () => {
      const [one, two] = [topicSpec(3), topicSpec(5, 'compact')];
      await current().ensureTopics([one]);
      await current().ensureTopics([one, two]);
      expect(await current().watermarks(one.name)).toHaveLength(3);
      expect(await current().watermarks(two.name)).toHaveLength(5);
    });

    it('rejects a topic that differs in partitions or in cleanup', async () => {
      const spec = topicSpec(3);
      await current().ensureTopics([spec]);
      await expect(current().ensureTopics([{ ...spec, partitions: 4 }])).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
      await expect(current().ensureTopics([{ ...spec, cleanup: 'compact' }])).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
    });

    it('answers a ping', async () => {
      await expect(current().ping()).resolves.toBeUndefined();
    });
  });
}

export function describePublish(current: CurrentLog): void {
  describe('publish', () => {
    it('gives the positions in input order, on the partitions that murmur2 says', async () => {
      const [one, two] = [await createTopic(current(), 6), await createTopic(current(), 3)];
      const records = numbered(one, 60).flatMap((record, i) => [record, { ...record, topic: two, value: Buffer.from(`two-${i}`) }]);
      const positions = await current().publish(records);
      expect(positions.map(({ topic, partition }) => ({ topic, partition }))).toEqual(
        records.map(({ topic, key }) => ({ topic, partition: partitionForKey(Buffer.from(key as string), topic === one ? 6 : 3) })),
      );
      const found = new Map((await readAll(current(), one, two)).map((record) => [positionKey(record), String(record.value)]));
      expect(positions.map((position) => found.get(positionKey(position)))).toEqual(valuesOf(records));
    });

    it('keeps the order of a key within a call and across calls', async () => {
      const topic = await createTopic(current());
      const records = numbered(topic, 200);
      await current().publish(records.slice(0, 90));
      await current().publish(records.slice(90));
      const read = await readAll(current(), topic);
      for (const key of new Set(records.map((record) => record.key as string))) {
        expect(valuesOf(read.filter((record) => record.key?.toString() === key))).toEqual(
          valuesOf(records.filter((record) => record.key === key)),
        );
      }
    });

    it('keeps every record of overlapping calls exactly once, each call at its own positions', async () => {
      const topic = await createTopic(current());
      const calls = Array.from({ length: 50 }, (_, call) => numbered(topic, 1 + (call % 5), `call-${call}`));
      const positions = (await Promise.all(calls.map((records) => current().publish(records)))).flat();
      const found = new Map((await readAll(current(), topic)).map((record) => [positionKey(record), String(record.value)]));
      expect(positions.map((position) => found.get(positionKey(position)))).toEqual(valuesOf(calls.flat()));
      expect(found.size).toBe(calls.flat().length);
    });

    it('carries null keys, tombstones, empty and binary values, and headers as bytes', async () => {
      const topic = await createTopic(current(), 1);
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      const startMs = Date.now();
      await current().publish([
        { topic, key: null, value: bytes, headers: { text: 'Grüße', binary: bytes, empty: '' } },
        { topic, key: bytes, value: null },
        { topic, key: 'plain', value: Buffer.alloc(0), headers: {} },
      ]);
      const [first, tombstone, empty] = await readAll(current(), topic);
      expect(first).toMatchObject({ topic, partition: 0, offset: 0, key: null, value: bytes });
      expect(first!.headers).toEqual({ text: Buffer.from('Grüße'), binary: bytes, empty: Buffer.alloc(0) });
      expect(Math.abs(first!.timestampMs - startMs)).toBeLessThan(60_000);
      expect(tombstone).toMatchObject({ offset: 1, key: bytes, value: null, headers: {} });
      expect(empty).toMatchObject({ offset: 2, key: Buffer.from('plain'), value: Buffer.alloc(0), headers: {} });
    });

    it('spreads records without a key over the partitions', async () => {
      const topic = await createTopic(current());
      const records = numbered(topic, 400).map((record): OutboundRecord => ({ ...record, key: null }));
      const positions = await current().publish(records);
      expect(new Set(positions.map(({ partition }) => partition)).size).toBe(4);
      expect(valuesOf(await readAll(current(), topic)).sort()).toEqual(valuesOf(records).sort());
    });

    it('takes a large call whole, and an empty one', async () => {
      const topic = await createTopic(current(), 2);
      const value = Buffer.alloc(1_000, 7);
      const records = Array.from({ length: 5_000 }, (_, i) => ({ topic, key: `key-${i % 2}`, value }));
      expect(await current().publish(records)).toHaveLength(5_000);
      const high = (await current().watermarks(topic)).reduce((sum, partition) => sum + partition.high, 0);
      expect(high).toBe(5_000);
      expect(await current().publish([])).toEqual([]);
    });

    it('rejects with a typed error when the topic is missing', async () => {
      const { name } = topicSpec();
      await expect(current().publish(numbered(name, 1))).rejects.toBeInstanceOf(AppError);
    });
  });
}

function positionKey({ topic, partition, offset }: { topic: string; partition: number; offset: number }): string {
  return `${topic}/${partition}@${offset}`;
}

/** Everything in the topics, partition by partition in log order. */
async function readAll(log: ReturnType<CurrentLog>, ...topics: string[]): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (const topic of topics) for await (const chunk of log.read(topic)) records.push(...chunk);
  return records;
}
