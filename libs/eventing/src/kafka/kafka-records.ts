import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Headers, LogRecord } from '../event-log';

const EMPTY = Buffer.alloc(0);

/** Messages `[start, end)` of a fetched batch as records; keys, values and (when already plain) headers are shared, not copied. */
export function toLogRecords(topic: string, partition: number, messages: readonly KafkaMessage[], start: number, end: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (let i = start; i < end; i++) {
    const { offset, timestamp, key, value, headers } = messages[i]!;
    records.push({ topic, partition, offset: Number(offset), timestampMs: Number(timestamp), key, value, headers: toHeaders(headers) });
  }
  return records;
}

/** Kafka allows a header to repeat or to be null; here the last value wins and null is empty. */
function toHeaders(headers: IHeaders | undefined): Headers {
  if (headers === undefined) return {};
  for (const name in headers) {
    if (!Buffer.isBuffer(headers[name])) return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, toBytes(value)]));
  }
  return headers as Headers;
}

function toBytes(value: IHeaders[string]): Buffer {
  const last = Array.isArray(value) ? value.at(-1) : value;
  if (last === undefined || last === null) return EMPTY;
  return Buffer.isBuffer(last) ? last : Buffer.from(last);
}
