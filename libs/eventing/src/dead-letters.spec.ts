import { readDeadLetter, toDeadLetterRecord, toReplayRecord } from './dead-letters';
import type { LogRecord, OutboundRecord } from './event-log';

const SOURCE: LogRecord = {
  topic: 'orders',
  partition: 2,
  offset: 7,
  timestampMs: 0,
  key: Buffer.from('k'),
  value: Buffer.from([0, 255]),
  headers: { ce_id: Buffer.from('1') },
};
const FACTS = { service: 'tests', attempts: 3, nowMs: Date.UTC(2024, 0, 1) };

/** The outbound record as it would be read back. */
function onLog(record: OutboundRecord, from: LogRecord): LogRecord {
  const headers = Object.fromEntries(Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(value)]));
  return { ...from, topic: record.topic, value: record.value, headers };
}

describe('dead letters', () => {
  const letter = onLog(toDeadLetterRecord({ record: SOURCE, code: 'RECORD_CORRUPT', reason: 'no protobuf' }, FACTS), SOURCE);

  it('can be read back', () => {
    expect(readDeadLetter(letter)).toEqual({
      topic: 'orders',
      partition: 2,
      offset: 7,
      code: 'RECORD_CORRUPT',
      reason: 'no protobuf',
      attempts: 3,
      service: 'tests',
      firstFailureAt: '2024-01-01T00:00:00.000Z',
    });
    expect(readDeadLetter(SOURCE)).toBeNull();
  });

  it('replays as the original, and tells its whole history when it fails again', () => {
    const replayed = onLog(toReplayRecord(letter)!, { ...SOURCE, offset: 99 });
    expect(replayed).toMatchObject({ topic: 'orders', key: SOURCE.key, value: SOURCE.value });
    expect(Object.keys(replayed.headers).sort()).toEqual(['ce_id', 'tw_dlq_attempts', 'tw_dlq_first_failure_at']);
    const again = toDeadLetterRecord({ record: replayed, code: 'HANDLER_FAILED', reason: 'x'.repeat(5_000) }, { ...FACTS, nowMs: 1e12 });
    expect(readDeadLetter(onLog(again, replayed))).toMatchObject({ attempts: 6, offset: 99, firstFailureAt: '2024-01-01T00:00:00.000Z' });
    expect(String(again.headers!['tw_dlq_reason'])).toHaveLength(1_000);
  });

  it('does not replay what is no dead letter', () => {
    expect(toReplayRecord(SOURCE)).toBeNull();
  });
});
