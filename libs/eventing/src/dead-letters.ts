import type { ErrorCode } from '@tradewind/contracts';
import type { DeadLetter } from './batch-handler';
import type { Headers, LogRecord, OutboundRecord } from './event-log';

/** What a dead letter tells beside the untouched record; a value is UTF-8 text. */
export const DEAD_LETTER_HEADERS = {
  reason: 'tw_dlq_reason',
  code: 'tw_dlq_code',
  /** How often it was handled in vain, over all replays. */
  attempts: 'tw_dlq_attempts',
  service: 'tw_dlq_service',
  /** ISO 8601 UTC; kept over replays. */
  firstFailureAt: 'tw_dlq_first_failure_at',
  topic: 'tw_dlq_topic',
  partition: 'tw_dlq_partition',
  offset: 'tw_dlq_offset',
} as const;

const MAX_REASON_CHARACTERS = 1_000;

export interface DeadLetterFacts {
  readonly service: string;
  readonly attempts: number;
  readonly nowMs: number;
}

/** The record for `<topic>.dlq`: key, value and headers as they were, plus where it came from and why it is here. */
export function toDeadLetterRecord({ record, code, reason }: DeadLetter, { service, attempts, nowMs }: DeadLetterFacts): OutboundRecord {
  const names = DEAD_LETTER_HEADERS;
  const headers = {
    ...record.headers,
    [names.reason]: reason.slice(0, MAX_REASON_CHARACTERS),
    [names.code]: code,
    [names.attempts]: String(attempts + Number(record.headers[names.attempts] ?? 0)),
    [names.service]: service,
    [names.firstFailureAt]: record.headers[names.firstFailureAt] ?? new Date(nowMs).toISOString(),
    [names.topic]: record.topic,
    [names.partition]: String(record.partition),
    [names.offset]: String(record.offset),
  };
  return { topic: `${record.topic}.dlq`, key: record.key, value: record.value, headers };
}

/** What `<topic>.dlq` says about a record, for listing and replaying. */
export interface DeadLetterInfo {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly attempts: number;
  readonly service: string;
  /** ISO 8601 UTC. */
  readonly firstFailureAt: string;
}

/** Reads the facts back; `null` when the record is no dead letter. */
export function readDeadLetter({ headers }: LogRecord): DeadLetterInfo | null {
  const text = (name: keyof typeof DEAD_LETTER_HEADERS) => headers[DEAD_LETTER_HEADERS[name]]?.toString() ?? '';
  if (text('topic') === '') return null;
  return {
    topic: text('topic'),
    partition: Number(text('partition')),
    offset: Number(text('offset')),
    code: text('code') as ErrorCode,
    reason: text('reason'),
    attempts: Number(text('attempts')),
    service: text('service'),
    firstFailureAt: text('firstFailureAt'),
  };
}

/**
 * The record to publish again on its own topic. It keeps the count of attempts and the first failure, so that a record that
 * fails again tells its whole history.
 */
export function toReplayRecord(record: LogRecord): OutboundRecord | null {
  const info = readDeadLetter(record);
  if (info === null) return null;
  const { attempts: _attempts, firstFailureAt: _firstFailureAt, ...dropped } = DEAD_LETTER_HEADERS;
  const names = new Set<string>(Object.values(dropped));
  const headers: Headers = Object.fromEntries(Object.entries(record.headers).filter(([name]) => !names.has(name)));
  return { topic: info.topic, key: record.key, value: record.value, headers };
}
