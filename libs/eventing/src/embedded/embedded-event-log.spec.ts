import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeClock, eventually, uniqueName, useTempDir } from '@tradewind/testing';
import { createCollector, createGate, createTopic, keyFor, numbered, onPartition, topicSpec } from '../contract/support.contract';
import { describeEventLog } from '../event-log.contract';
import type { EventLog, LogRecord } from '../event-log';
import { openEmbeddedEventLog } from './embedded-event-log';

describeEventLog('embedded', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tradewind-test-'));
  let log = await openEmbeddedEventLog({ dataDir });
  return {
    log,
    async reopen() {
      await log.close();
      return (log = await openEmbeddedEventLog({ dataDir }));
    },
    async close() {
      await log.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});

async function readAll(log: EventLog, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const chunk of log.read(topic)) records.push(...chunk);
  return records;
}

describe('embedded event log', () => {
  const opened: EventLog[] = [];
  // Before the directory goes: hooks run in this order.
  afterEach(() => Promise.all(opened.splice(0).map((log) => log.close())));
  const dataDir = useTempDir();

  async function open(options: Partial<Parameters<typeof openEmbeddedEventLog>[0]> = {}): Promise<EventLog> {
    const log = await openEmbeddedEventLog({ dataDir: dataDir(), ...options });
    opened.push(log);
    return log;
  }

  it('says that it is embedded, and what it does not give', async () => {
    const messages: string[] = [];
    const log = await open({ log: (_level, message) => messages.push(message) });
    expect(log.kind).toBe('embedded');
    expect(messages[0]).toMatch(/no replication, one process/);
  });

  it.each(['os', 'always', { everyMs: 5 }] as const)('keeps committed offsets and records over a restart with fsync %j', async (fsync) => {
    const log = await open({ fsync });
    const topic = await createTopic(log, 2);
    const groupId = uniqueName('group');
    await log.publish(numbered(topic, 50));
    const collector = createCollector();
    const subscription = await log.subscribe({ groupId, topics: [topic], ...collector });
    await eventually(() => expect(collector.records()).toHaveLength(50));
    await subscription.stop();
    const committed = await log.committed(groupId, topic);
    await log.close();

    const again = await open({ fsync });
    expect([...committed.values()].reduce((sum, offset) => sum + offset)).toBe(50);
    expect(await again.committed(groupId, topic)).toEqual(committed);
    expect(await readAll(again, topic)).toHaveLength(50);
  });

  it('rolls segments and reads across them, and from the middle', async () => {
    const log = await open({ segmentBytes: 2_000 });
    const topic = await createTopic(log, 1);
    for (let i = 0; i < 40; i++) await log.publish(onPartition(topic, 0, 1, 10));
    const all = await readAll(log, topic);
    expect(all.map(({ offset }) => offset)).toEqual(Array.from({ length: 400 }, (_, i) => i));
    const found: number[] = [];
    for await (const chunk of log.read(topic, { from: new Map([[0, 217]]) })) found.push(...chunk.map(({ offset }) => offset));
    expect(found).toEqual(Array.from({ length: 183 }, (_, i) => i + 217));
  });

  it('deletes sealed segments past their retention and keeps offsets going', async () => {
    const clock = createFakeClock();
    const log = await open({ segmentBytes: 1_000, now: clock.now });
    const spec = { ...topicSpec(1), retentionMs: 60_000 };
    await log.ensureTopics([spec]);
    for (let i = 0; i < 10; i++) await log.publish(onPartition(spec.name, 0, 1, 10));
    clock.advance(120_000);
    for (let i = 0; i < 2; i++) await log.publish(onPartition(spec.name, 0, 1, 10));
    await eventually(async () => expect((await log.watermarks(spec.name))[0]).toMatchObject({ low: 100, high: 120 }));
    expect((await readAll(log, spec.name))[0]!.offset).toBe(100);
    clock.advance(120_000);
    await log.close();
    const again = await open({ segmentBytes: 1_000, now: clock.now });
    await eventually(async () => expect((await again.watermarks(spec.name))[0]).toEqual({ partition: 0, low: 120, high: 120 }));
    expect(await again.publish(onPartition(spec.name, 0, 1, 1))).toMatchObject([{ offset: 120 }]);
  });

  it('starts a group at the end when its commits are ahead of a log that power loss cut', async () => {
    const log = await open();
    const topic = await createTopic(log, 1);
    const groupId = uniqueName('group');
    await log.publish(numbered(topic, 20));
    const first = createCollector();
    const subscription = await log.subscribe({ groupId, topics: [topic], ...first });
    await eventually(() => expect(first.records()).toHaveLength(20));
    await subscription.stop();
    await log.close();
    await rm(join(dataDir(), 'log', topic, '0'), { recursive: true });

    const again = await open();
    const second = createCollector();
    await again.subscribe({ groupId, topics: [topic], ...second });
    await again.publish(numbered(topic, 3, 'new'));
    await eventually(() => expect(second.values()).toEqual(['new-0', 'new-1', 'new-2']));
  });

  it('gives a partition to a new owner only after the running batch of the old one has ended', async () => {
    const log = await open();
    const topic = await createTopic(log, 2);
    const groupId = uniqueName('group');
    const [gate, begun] = [createGate(), createGate()];
    await log.publish([...onPartition(topic, 0, 2, 6), ...onPartition(topic, 1, 2, 6)]);
    const events: string[] = [];
    await log.subscribe({
      groupId,
      topics: [topic],
      maxBatchRecords: 3,
      onBatch: async ({ partition }) => {
        begun.open();
        await gate.opened;
        events.push(`one/${partition}`);
      },
    });
    await begun.opened;
    const second = createCollector();
    await log.subscribe({ groupId, topics: [topic], onBatch: (batch) => (events.push(`two/${batch.partition}`), second.onBatch(batch)) });
    gate.open();
    await eventually(() => expect(second.records().map(({ offset }) => offset)).toEqual([3, 4, 5]));
    const moved = second.records()[0]!.partition;
    expect(events.indexOf(`two/${moved}`)).toBeGreaterThan(events.indexOf(`one/${moved}`));
  });

  it('is alive while idle, and not while a batch hangs', async () => {
    const clock = createFakeClock();
    const log = await open({ now: clock.now });
    const topic = await createTopic(log, 1);
    const [gate, begun] = [createGate(), createGate()];
    const subscription = await log.subscribe({
      groupId: uniqueName('group'),
      topics: [topic],
      onBatch: () => (begun.open(), gate.opened),
    });
    clock.advance(1_000_000);
    expect(subscription.lastProgressAtMs).toBe(clock.now());
    await log.publish(numbered(topic, 1));
    await begun.opened;
    const startedAtMs = clock.now();
    clock.advance(60_000);
    expect(subscription.lastProgressAtMs).toBe(startedAtMs);
    expect(subscription.progress()).toMatchObject([{ position: null, lagRecords: 1, lagSeconds: 60 }]);
    gate.open();
    await eventually(() => expect(subscription.progress()).toMatchObject([{ position: 1, lagRecords: 0 }]));
  });

  it('hands out slices no larger than the buffer allows, but always at least a record', async () => {
    const log = await open();
    const topic = await createTopic(log, 1);
    const value = Buffer.alloc(10_000);
    await log.publish(Array.from({ length: 20 }, () => ({ topic, key: keyFor(0, 1), value })));
    const collector = createCollector();
    await log.subscribe({ groupId: uniqueName('group'), topics: [topic], concurrency: 1, maxBufferedBytes: 20_000, ...collector });
    await eventually(() => expect(collector.records()).toHaveLength(20));
    expect(Math.max(...collector.batches.map(({ records }) => records.length))).toBeLessThanOrEqual(2);
  });

  it('refuses what Kafka would refuse: too large records, no key on a compacted topic, bad names', async () => {
    const log = await open();
    const topic = await createTopic(log, 1, 'compact');
    await expect(log.publish([{ topic, key: 'k', value: Buffer.alloc(2 << 20) }])).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    await expect(log.publish([{ topic, key: null, value: null }])).rejects.toMatchObject({ code: 'EVENT_INVALID' });
    await expect(log.ensureTopics([{ ...topicSpec(), name: '../x' }])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await log.watermarks(topic)).toEqual([{ partition: 0, low: 0, high: 0 }]);
  });
});
