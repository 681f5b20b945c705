import { AppError, REJECTED_EVENT, TOPICS } from '@tradewind/contracts';
import type { EventLog, LogRecord } from '@tradewind/eventing';

/** Where what ingest refused is kept. */
export const REJECTED_TOPIC = TOPICS.rejected.name;

/** What ingest refused, and what it was. */
export interface RejectedLetter {
  readonly record: LogRecord;
  readonly sourceId: string;
  readonly code: string;
  readonly reason: string;
  readonly messageId: string;
  readonly receivedAtMs: number;
  readonly kind: 'event' | 'item' | 'post';
  /** Of the path it was sent to, when that said what it is; else ''. */
  readonly type: string;
  /** Of its batch; undefined when that had none. */
  readonly sentAt: string | undefined;
  /** As it came, UTF-8; empty when its source wants no bytes kept. */
  readonly original: Buffer;
}

export interface RejectedFilter {
  readonly source?: string | undefined;
  readonly code?: string | undefined;
  /** Received at or after this, epoch milliseconds. */
  readonly sinceMs?: number | undefined;
}

/** In log order per partition; those of the filter only. Records that are not ours are left out. */
export async function* readRejected(log: Pick<EventLog, 'read'>, filter: RejectedFilter): AsyncGenerator<RejectedLetter> {
  for await (const records of log.read(REJECTED_TOPIC)) {
    for (const record of records) {
      const letter = toLetter(record);
      if (letter !== null && matches(letter, filter)) yield letter;
    }
  }
}

function matches({ sourceId, code, receivedAtMs }: RejectedLetter, filter: RejectedFilter): boolean {
  const isOfSource = filter.source === undefined || sourceId === filter.source;
  return isOfSource && (filter.code === undefined || code === filter.code) && receivedAtMs >= (filter.sinceMs ?? 0);
}

function toLetter(record: LogRecord): RejectedLetter | null {
  try {
    const { sourceId, code, reason, messageId, receivedAtMs, original } = REJECTED_EVENT.decode(record.value);
    const header = (name: string) => record.headers[name]?.toString();
    return {
      record,
      sourceId,
      code,
      reason,
      messageId,
      receivedAtMs,
      kind: kindOf(header('tw_rejected_kind'), code),
      type: header('tw_rejected_type') ?? '',
      sentAt: header('tw_rejected_sent_at'),
      original: Buffer.from(original),
    };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function kindOf(header: string | undefined, code: string): RejectedLetter['kind'] {
  if (header === 'item' || header === 'post') return header;
  return code === 'POST_INVALID' ? 'post' : 'event';
}
