import { AppError, type Codec } from '@tradewind/contracts';
import type { DeadLetter } from './batch-handler';
import type { Batch, LogRecord } from './event-log';

export interface DecodedBatch<T> {
  /** In log order. */
  readonly messages: readonly { readonly record: LogRecord; readonly message: T }[];
  /** One for each record whose bytes are not a `T`. */
  readonly deadLetters: readonly DeadLetter[];
}

/** Decodes each record by itself, so that a corrupt one harms no other. */
export function decodeBatch<T>(batch: Batch, codec: Codec<T>): DecodedBatch<T> {
  const messages: { record: LogRecord; message: T }[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const record of batch.records) {
    try {
      messages.push({ record, message: codec.decode(record.value) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      deadLetters.push({ record, code: error.code, reason: error.message });
    }
  }
  return { messages, deadLetters };
}
