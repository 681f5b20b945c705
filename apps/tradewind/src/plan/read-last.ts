import type { EventLog, LogRecord } from '@tradewind/eventing';

/** The last `count` records of each of these partitions (default: all), in log order per partition. */
export async function* readLast(
  log: Pick<EventLog, 'read' | 'watermarks'>,
  topic: string,
  { count, partitions }: { readonly count: number; readonly partitions?: readonly number[] },
): AsyncGenerator<readonly LogRecord[]> {
  const offsets = await log.watermarks(topic);
  const from = new Map(offsets.map(({ partition, low, high }) => [partition, Math.max(low, high - count)]));
  yield* log.read(topic, { from, ...(partitions && { partitions }) });
}
