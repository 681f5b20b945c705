import { AppError } from '@tradewind/contracts';
import { eventually, uniqueName } from '@tradewind/testing';
import type { Batch, BatchContext } from '../event-log';
import { createCollector, createGate, createTopic, isSettled, numbered, onPartition, valuesOf, type CurrentLog } from './support.contract';

export function describeDelivery(current: CurrentLog): void {
  describe('subscribe: delivery', () => {
    it('delivers from the earliest record on, in order per partition, in batches within the bound', async () => {
      const topic = await createTopic(current());
      const [before, after] = [numbered(topic, 300, 'before'), numbered(topic, 50, 'after')];
      await current().publish(before);
      const collector = createCollector();
      const subscription = await current().subscribe({ groupId: uniqueName('group'), topics: [topic], maxBatchRecords: 40, ...collector });
      await current().publish(after);
      await eventually(() => expect(collector.records()).toHaveLength(350));
      await subscription.stop();
      expect(collector.values().sort()).toEqual([...valuesOf(before), ...valuesOf(after)].sort());
      for (const batch of collector.batches) expectConsistent(batch, 40);
      for (const partition of [0, 1, 2, 3]) {
        const offsets = collector.records().filter((record) => record.partition === partition).map((record) => record.offset); // prettier-ignore
        expect(offsets).toEqual(offsets.map((_, i) => i));
      }
    });

    it('starts at the end when told so', async () => {
      const topic = await createTopic(current(), 1);
      await current().publish(numbered(topic, 5, 'old'));
      const collector = createCollector();
      const subscription = await current().subscribe({ groupId: uniqueName('group'), topics: [topic], from: 'latest', ...collector });
      await eventually(async () => {
        await current().publish(numbered(topic, 1, 'new'));
        expect(collector.values()).toContain('new-0');
      });
      await subscription.stop();
      expect(new Set(collector.values())).toEqual(new Set(['new-0']));
    });

    it('reads several topics in one group', async () => {
      const topics = [await createTopic(current(), 2), await createTopic(current(), 3)];
      await current().publish(topics.flatMap((topic, i) => numbered(topic, 30, `topic-${i}`)));
      const collector = createCollector();
      const assigned: string[] = [];
      const subscription = await current().subscribe({
        groupId: uniqueName('group'),
        topics,
        onBatch: collector.onBatch,
        onAssigned: (partitions) => {
          assigned.splice(0, assigned.length, ...partitions.map(({ topic, partition }) => `${topic}/${partition}`));
        },
      });
      await eventually(() => expect(collector.records()).toHaveLength(60));
      await subscription.stop();
      expect(assigned.sort()).toEqual([0, 1].map((p) => `${topics[0]}/${p}`).concat([0, 1, 2].map((p) => `${topics[1]}/${p}`)).sort()); // prettier-ignore
    });

    it('handles partitions at the same time, up to the bound, and never two batches of one partition', async () => {
      const topic = await createTopic(current());
      await current().publish([0, 1, 2, 3].flatMap((partition) => onPartition(topic, partition, 4, 20)));
      const [running, together] = [new Set<number>(), createGate()];
      let most = 0;
      let seen = 0;
      const subscription = await current().subscribe({
        groupId: uniqueName('group'),
        topics: [topic],
        concurrency: 2,
        maxBatchRecords: 5,
        onBatch: async ({ partition, records }) => {
          if (running.has(partition)) throw new Error(`two batches of partition ${partition} at once`);
          running.add(partition);
          most = Math.max(most, running.size);
          if (running.size === 2) together.open();
          await together.opened;
          running.delete(partition);
          seen += records.length;
        },
      });
      await eventually(() => expect(seen).toBe(80));
      await subscription.stop();
      await subscription.finished;
      expect(most).toBe(2);
    });

    it('pauses and resumes', async () => {
      const topic = await createTopic(current());
      const [paused, other] = [createCollector(), createCollector()];
      const subscription = await current().subscribe({ groupId: uniqueName('group'), topics: [topic], ...paused });
      const witness = await current().subscribe({ groupId: uniqueName('group'), topics: [topic], ...other });
      await current().publish(numbered(topic, 10, 'first'));
      await eventually(() => expect([paused.records().length, other.records().length]).toEqual([10, 10]));
      subscription.pause();
      await current().publish(numbered(topic, 10, 'second'));
      await eventually(() => expect(other.records()).toHaveLength(20));
      expect(paused.records()).toHaveLength(10);
      subscription.resume();
      await eventually(() => expect(paused.records()).toHaveLength(20));
      await Promise.all([subscription.stop(), witness.stop()]);
    });

    it('reports progress and lag in records and in seconds', async () => {
      const topic = await createTopic(current(), 1);
      const gate = createGate();
      const startMs = Date.now();
      const subscription = await current().subscribe({
        groupId: uniqueName('group'),
        topics: [topic],
        maxBatchRecords: 4,
        onBatch: ({ records }) => (records[0]!.offset >= 4 ? gate.opened : Promise.resolve()),
      });
      await current().publish(numbered(topic, 4));
      await eventually(() =>
        expect(subscription.progress()).toMatchObject([{ topic, partition: 0, position: 4, lagRecords: 0, lagSeconds: 0 }]),
      );
      await current().publish(numbered(topic, 10));
      await eventually(() => {
        const [progress] = subscription.progress();
        expect(progress).toMatchObject({ position: 4, highWatermark: 14, lagRecords: 10 });
        expect(progress!.lagSeconds).toBeGreaterThan(0.05);
        expect(progress!.lagSeconds).toBeLessThan(60);
      });
      gate.open();
      await eventually(() =>
        expect(subscription.progress()).toMatchObject([{ position: 14, highWatermark: 14, lagRecords: 0, lagSeconds: 0 }]),
      );
      expect(subscription.lastProgressAtMs).toBeGreaterThanOrEqual(startMs);
      await subscription.stop();
    });
  });
}

export function describeCommits(current: CurrentLog): void {
  describe('subscribe: commits', () => {
    it('commits last + 1 only after the batch was handled', async () => {
      const topic = await createTopic(current(), 1);
      const [groupId, gate] = [uniqueName('group'), createGate()];
      await current().publish(numbered(topic, 7));
      const collector = createCollector();
      const subscription = await current().subscribe({
        groupId,
        topics: [topic],
        onBatch: async (batch) => {
          await collector.onBatch(batch);
          await gate.opened;
        },
      });
      await eventually(() => expect(collector.records()).toHaveLength(7));
      expect(await current().committed(groupId, topic)).toEqual(new Map());
      gate.open();
      await eventually(async () => expect(await current().committed(groupId, topic)).toEqual(new Map([[0, 7]])));
      await subscription.stop();
    });

    it('commits nothing of a batch that failed, stops with its error, and the next member gets it again', async () => {
      const topic = await createTopic(current(), 1);
      const groupId = uniqueName('group');
      await current().publish(numbered(topic, 10));
      const failure = new AppError('HANDLER_FAILED', 'meant to fail');
      const first = await current().subscribe({
        groupId,
        topics: [topic],
        maxBatchRecords: 4,
        onBatch: ({ records }) => (records[0]!.offset >= 4 ? Promise.reject(failure) : Promise.resolve()),
      });
      await expect(first.finished).rejects.toBe(failure);
      await first.stop();
      expect(await current().committed(groupId, topic)).toEqual(new Map([[0, 4]]));
      const collector = createCollector();
      const second = await current().subscribe({ groupId, topics: [topic], ...collector });
      await eventually(() => expect(collector.records().map(({ offset }) => offset)).toEqual([4, 5, 6, 7, 8, 9]));
      await second.stop();
    });

    it('stop() lets the running batch end and commits it', async () => {
      const topic = await createTopic(current(), 1);
      const [groupId, gate, started] = [uniqueName('group'), createGate(), createGate()];
      await current().publish(numbered(topic, 9));
      const subscription = await current().subscribe({
        groupId,
        topics: [topic],
        maxBatchRecords: 5,
        onBatch: async () => {
          started.open();
          await gate.opened;
        },
      });
      await started.opened;
      const stopped = subscription.stop();
      expect(await isSettled(stopped)).toBe(false);
      gate.open();
      await stopped;
      await subscription.stop();
      await subscription.finished;
      expect(await current().committed(groupId, topic)).toEqual(new Map([[0, 5]]));
    });

    it('stop() aborts a batch that outlives the drain; nothing of it is committed and that is no failure', async () => {
      const topic = await createTopic(current(), 1);
      const [groupId, started] = [uniqueName('group'), createGate()];
      await current().publish(numbered(topic, 3));
      const subscription = await current().subscribe({
        groupId,
        topics: [topic],
        drainTimeoutMs: 50,
        onBatch: async (_batch, context) => {
          started.open();
          await abortion(context);
          throw new Error('gave up when told to');
        },
      });
      await started.opened;
      await subscription.stop();
      await subscription.finished;
      expect(await current().committed(groupId, topic)).toEqual(new Map());
    });

    it('lets a handler say it is alive', async () => {
      const topic = await createTopic(current(), 1);
      await current().publish(numbered(topic, 3));
      const collector = createCollector();
      const subscription = await current().subscribe({
        groupId: uniqueName('group'),
        topics: [topic],
        onBatch: async (batch, context) => {
          await context.heartbeat();
          expect(context.signal.aborted).toBe(false);
          await collector.onBatch(batch);
        },
      });
      await eventually(() => expect(collector.records()).toHaveLength(3));
      await subscription.stop();
      await subscription.finished;
    });
  });
}

function expectConsistent(batch: Batch, maxRecords: number): void {
  const { topic, partition, records } = batch;
  expect(records.length).toBeGreaterThan(0);
  expect(records.length).toBeLessThanOrEqual(maxRecords);
  expect(records.every((record) => record.topic === topic && record.partition === partition)).toBe(true);
  expect(batch.highWatermark).toBeGreaterThan(records.at(-1)!.offset);
}

function abortion({ signal }: BatchContext): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
