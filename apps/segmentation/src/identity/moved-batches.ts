import { AppError } from '@tradewind/contracts';
import type { Batch, DeadLetter, LogRecord } from '@tradewind/eventing';
import { inStreamOfAlias } from './moved-events';

/**
 * Moved events of one partition as batches of one alias's stream each. The batch's partition is theirs, a record's position that in the stream.
 * What is no moved event comes apart.
 */
export function movedBatches(records: readonly LogRecord[]): {
  readonly batches: readonly Batch[];
  readonly deadLetters: readonly DeadLetter[];
} {
  const streams = new Map<string, LogRecord[]>();
  const deadLetters: DeadLetter[] = [];
  for (const record of records) {
    try {
      const placed = inStreamOfAlias(record);
      const stream = `${placed.topic} ${placed.partition}`;
      const known = streams.get(stream);
      if (known) known.push(placed);
      else streams.set(stream, [placed]);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      deadLetters.push({ record, code: error.code, reason: error.message });
    }
  }
  const partition = records[0]?.partition ?? 0;
  const batches = [...streams.values()].map((placed): Batch => ({ topic: placed[0]!.topic, partition, records: placed, highWatermark: 0 }));
  return { batches, deadLetters };
}
