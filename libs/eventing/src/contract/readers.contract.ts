import { eventually, uniqueName } from '@tradewind/testing';
import type { LogRecord } from '../event-log';
import { createTopic, isSettled, numbered, onPartition, valuesOf, type CurrentLog } from './support.contract';

export function describeReaders(current: CurrentLog): void {
  async function follow(topic: string) {
    const records: LogRecord[] = [];
    const following = await current().follow({ topic, onRecords: (chunk) => void records.push(...chunk) });
    return { records, following };
  }

  async function read(topic: string, options?: Parameters<ReturnType<CurrentLog>['read']>[1]): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const chunk of current().read(topic, options)) records.push(...chunk);
    return records;
  }

  describe('follow', () => {
    it('gives every follower all records from the start and the later ones, tombstones too', async () => {
      const topic = await createTopic(current(), 3, 'compact');
      const before = numbered(topic, 60, 'before');
      await current().publish(before);
      const followers = [await follow(topic), await follow(topic)];
      for (const { records, following } of followers) {
        await following.caughtUp;
        expect(valuesOf(records).sort()).toEqual(valuesOf(before).sort());
      }
      await current().publish([{ topic, key: 'key-1', value: null }]);
      for (const { records, following } of followers) {
        await eventually(() => expect(records.at(-1)).toMatchObject({ key: Buffer.from('key-1'), value: null }));
        await following.stop();
        await following.finished;
      }
    });

    it('has caught up at once with an empty topic', async () => {
      const { following } = await follow(await createTopic(current()));
      await following.caughtUp;
      expect(await isSettled(following.finished)).toBe(false);
      await following.stop();
      await following.stop();
    });

    it('ends with the error of its reader', async () => {
      const topic = await createTopic(current());
      const failure = new Error('meant to fail');
      const following = await current().follow({ topic, onRecords: () => Promise.reject(failure) });
      const ended = Promise.allSettled([following.finished, following.caughtUp]);
      await current().publish(numbered(topic, 3));
      const [finished] = await ended;
      expect(finished).toEqual({ status: 'rejected', reason: failure });
    });
  });

  describe('read', () => {
    it('ends at the high watermarks of the start', async () => {
      const topic = await createTopic(current());
      const records = numbered(topic, 500);
      await current().publish(records);
      const found: LogRecord[] = [];
      for await (const chunk of current().read(topic)) {
        if (found.length === 0) await current().publish(numbered(topic, 20, 'late'));
        found.push(...chunk);
      }
      expect(valuesOf(found).sort()).toEqual(valuesOf(records).sort());
      for (const partition of [0, 1, 2, 3]) {
        const offsets = found.filter((record) => record.partition === partition).map((record) => record.offset);
        expect(offsets).toEqual(offsets.map((_, i) => i));
      }
    });

    it('reads chosen partitions from chosen offsets', async () => {
      const topic = await createTopic(current());
      await current().publish([0, 1, 2, 3].flatMap((partition) => onPartition(topic, partition, 4, 10)));
      const found = await read(topic, { partitions: [1, 2], from: new Map([[2, 7]]) });
      expect(found.filter(({ partition }) => partition === 1).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(found.filter(({ partition }) => partition === 2).map(({ offset }) => offset)).toEqual([7, 8, 9]);
      expect(found).toHaveLength(13);
    });

    it('ends at once when there is nothing to read', async () => {
      const topic = await createTopic(current());
      expect(await read(topic)).toEqual([]);
      await current().publish(onPartition(topic, 0, 4, 5));
      expect(await read(topic, { from: new Map([[0, 5]]) })).toEqual([]);
    });

    it('can be left early', async () => {
      const topic = await createTopic(current());
      await current().publish(numbered(topic, 100));
      for await (const chunk of current().read(topic)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    });
  });

  describe('offsets', () => {
    it('tells the watermarks of every partition', async () => {
      const topic = await createTopic(current(), 3);
      await current().publish(onPartition(topic, 1, 3, 5));
      expect((await current().watermarks(topic)).sort((a, b) => a.partition - b.partition)).toEqual([
        { partition: 0, low: 0, high: 0 },
        { partition: 1, low: 0, high: 5 },
        { partition: 2, low: 0, high: 0 },
      ]);
    });

    it('knows no commits of a group that never was', async () => {
      const topic = await createTopic(current());
      expect(await current().committed(uniqueName('group'), topic)).toEqual(new Map());
    });
  });
}
