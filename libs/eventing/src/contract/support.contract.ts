import { partitionForKey, type TopicSpec } from '@tradewind/contracts';
import { uniqueName } from '@tradewind/testing';
import type { Batch, EventLog, LogRecord, OutboundRecord } from '../event-log';

/** An implementation under test. `reopen` closes the log and opens it again over the same data, as after a restart. */
export interface OpenedEventLog {
  readonly log: EventLog;
  reopen?(): Promise<EventLog>;
  close(): Promise<void>;
}

export type OpenEventLog = () => Promise<OpenedEventLog>;
export type CurrentLog = () => EventLog;

export function topicSpec(partitions = 4, cleanup: TopicSpec['cleanup'] = 'delete'): TopicSpec {
  return { name: uniqueName('contract'), partitions, cleanup, retentionMs: -1, key: 'test key' };
}

/** Creates a topic of its own for one test. */
export async function createTopic(log: EventLog, partitions = 4, cleanup: TopicSpec['cleanup'] = 'delete'): Promise<string> {
  const spec = topicSpec(partitions, cleanup);
  await log.ensureTopics([spec]);
  return spec.name;
}

/** A key that murmur2 puts on `partition`. */
export function keyFor(partition: number, partitions: number): string {
  for (let i = 0; ; i++) {
    const key = `key-${i}`;
    if (partitionForKey(Buffer.from(key), partitions) === partition) return key;
  }
}

/** `count` records whose values are `<prefix>-0`, `<prefix>-1`, …, spread over the partitions by their keys. */
export function numbered(topic: string, count: number, prefix = 'value'): OutboundRecord[] {
  return Array.from({ length: count }, (_, i) => ({ topic, key: `key-${i % 17}`, value: Buffer.from(`${prefix}-${i}`) }));
}

/** `count` records of one partition. */
export function onPartition(topic: string, partition: number, partitions: number, count: number): OutboundRecord[] {
  const key = keyFor(partition, partitions);
  return Array.from({ length: count }, (_, i) => ({ topic, key, value: Buffer.from(`p${partition}-${i}`) }));
}

export function valuesOf(records: readonly (LogRecord | OutboundRecord)[]): string[] {
  return records.map((record) => String(record.value));
}

export interface Collector {
  readonly batches: Batch[];
  readonly onBatch: (batch: Batch) => Promise<void>;
  records(): LogRecord[];
  values(): string[];
}

export function createCollector(): Collector {
  const batches: Batch[] = [];
  const records = () => batches.flatMap((batch) => [...batch.records]);
  return {
    batches,
    records,
    values: () => valuesOf(records()),
    onBatch: (batch) => {
      batches.push(batch);
      return Promise.resolve();
    },
  };
}

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** A promise that the test opens. */
export function createGate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** True when `promise` has settled once the queued work of this turn is done. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const first = await Promise.race([promise.catch(() => undefined), new Promise((resolve) => setImmediate(() => resolve(pending)))]);
  return first !== pending;
}
