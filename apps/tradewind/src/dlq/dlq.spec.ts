import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT, REJECTED_EVENT, TOPICS, type ErrorCode } from '@tradewind/contracts';
import { openEmbeddedEventLog, toDeadLetterRecord, type EventLog, type LogRecord } from '@tradewind/eventing';
import { DEAD_LETTER_TOPICS } from '@tradewind/runtime';
import { anEvent, useTempDir } from '@tradewind/testing';
import { openNdjson } from '../replay/ndjson';
import { exportRejected } from './export-rejected';
import { REJECTED_TOPIC, letterTopic } from './letters';
import { listLetters } from './list-letters';
import { replayLetters, type ReplayOptions } from './replay-letters';
import { showLetters } from './show-letters';

const dir = useTempDir();
const EVENTS = TOPICS.events.name;
const TOPIC = letterTopic(EVENTS);
let log: EventLog;

beforeEach(async () => {
  log = await openEmbeddedEventLog({ dataDir: dir() });
  await log.ensureTopics([...Object.values(TOPICS), ...DEAD_LETTER_TOPICS]);
});
afterEach(() => log.close());

async function fail(value: string | Buffer, code: ErrorCode = 'RECORD_CORRUPT', key = 'shop:u'): Promise<void> {
  const record: LogRecord = {
    topic: EVENTS,
    partition: 3,
    offset: 7,
    timestampMs: 0,
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: { ce_id: Buffer.from('1') },
  };
  await log.publish([
    toDeadLetterRecord({ record, code, reason: `why ${code}` }, { service: 'segmentation', attempts: 2, nowMs: Date.UTC(2024, 0, 1) }),
  ]);
}

async function replayed(): Promise<string[]> {
  const values: string[] = [];
  for await (const records of log.read(EVENTS)) values.push(...records.map(({ value }) => value!.toString()));
  return values;
}

const replay = (options: Partial<ReplayOptions> = {}) => replayLetters({ log, topic: TOPIC, ...options });

describe('dlq list and show', () => {
  it('counts by code and service, with the span of time', async () => {
    await fail('a');
    await fail('b', 'HANDLER_FAILED');
    await fail('c', 'HANDLER_FAILED');
    expect(await listLetters(log)).toEqual([
      {
        topic: TOPIC,
        letters: 3,
        byCode: { RECORD_CORRUPT: 1, HANDLER_FAILED: 2 },
        byService: { segmentation: 3 },
        oldest: '2024-01-01T00:00:00.000Z',
        newest: '2024-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('shows where a letter comes from, why it is here and what is in it', async () => {
    await fail(Buffer.from([1, 2]), 'RECORD_CORRUPT');
    await fail(EVENT.encode(anEvent({ messageId: 'm1', payloadJson: Buffer.from('{"a":[1]}') })), 'HANDLER_FAILED');
    expect(await showLetters(log, { topic: TOPIC, limit: 1, code: 'HANDLER_FAILED' })).toMatchObject([
      {
        from: `${EVENTS}/3/7`,
        key: 'shop:u',
        reason: 'why HANDLER_FAILED',
        attempts: 2,
        service: 'segmentation',
        firstFailureAt: '2024-01-01T00:00:00.000Z',
        decoded: { messageId: 'm1', payloadJson: { a: [1] } },
        head: null,
      },
    ]);
    expect(await showLetters(log, { topic: TOPIC, limit: 5, code: 'RECORD_CORRUPT' })).toMatchObject([{ decoded: null, head: '0102' }]);
  });

  it('takes a topic by its own name or that of its source, and no other', () => {
    expect(letterTopic(`${EVENTS}.dlq`)).toBe(TOPIC);
    expect(() => letterTopic('nope')).toThrow(/<topic> "nope": keeps no dead letters; choose one of clickstream\.rejected\.v1/);
  });
});

describe('dlq replay', () => {
  it('publishes key, bytes and headers as they were, once', async () => {
    await fail(Buffer.from([0, 255]));
    expect(await replay()).toMatchObject({ replayed: 1, to: { [EVENTS]: 1 }, byCode: { RECORD_CORRUPT: 1 } });
    const records: LogRecord[] = [];
    for await (const slice of log.read(EVENTS)) records.push(...slice);
    expect(records).toMatchObject([{ key: Buffer.from('shop:u'), value: Buffer.from([0, 255]) }]);
    expect(Object.keys(records[0]!.headers).sort()).toEqual(['ce_id', 'tw_dlq_attempts', 'tw_dlq_first_failure_at']);

    expect(await replay()).toMatchObject({ replayed: 0, skipped: { replayedBefore: 1 } });
    expect(await replay({ again: true, dryRun: true })).toMatchObject({ replayed: 1 });
    expect(await replayed()).toHaveLength(1);
    expect(await replay({ again: true })).toMatchObject({ replayed: 1 });
    expect(await replay()).toMatchObject({ replayed: 0 });
    expect(await replayed()).toHaveLength(2);
  });

  it('goes on where a limit ended it, and takes what came in since', async () => {
    for (const value of ['a', 'b', 'c']) await fail(value);
    expect(await replay({ limit: 2 })).toMatchObject({ replayed: 2 });
    await fail('d');
    expect(await replay()).toMatchObject({ replayed: 2, skipped: { replayedBefore: 2 } });
    expect(await replayed()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a code by itself leaves the others for later, and none is sent twice', async () => {
    await fail('a', 'HANDLER_FAILED');
    await fail('b', 'RECORD_CORRUPT');
    await fail('c', 'HANDLER_FAILED');
    expect(await replay({ code: 'RECORD_CORRUPT' })).toMatchObject({ replayed: 1, skipped: { otherCode: 2 } });
    expect(await replay({ code: 'RECORD_CORRUPT' })).toMatchObject({ replayed: 0 });
    expect(await replay()).toMatchObject({ replayed: 2, skipped: { replayedBefore: 1 } });
    expect(await replay({ code: 'HANDLER_FAILED' })).toMatchObject({ replayed: 0, skipped: { replayedBefore: 2 } });
    expect(await replayed()).toEqual(['b', 'a', 'c']);
  });

  it('remembers what it sent before it failed', async () => {
    for (const value of ['a', 'b']) await fail(value);
    let calls = 0;
    const failing: ReplayOptions['log'] = {
      read: (topic) => log.read(topic),
      committed: (group, topic) => log.committed(group, topic),
      commit: (group, topic, offsets) => log.commit(group, topic, offsets),
      publish: (records) => (++calls > 1 ? Promise.reject(new Error('away')) : log.publish(records)),
    };
    await expect(replay({ log: failing, rate: 10 })).rejects.toThrow('away');
    expect(await replay()).toMatchObject({ replayed: 1 });
    expect(await replayed()).toEqual(['a', 'b']);
  });

  it('keeps to a rate and ends when asked', async () => {
    for (let i = 0; i < 4; i++) await fail(`${i}`);
    const startedMs = performance.now();
    await replay({ rate: 20, limit: 3 });
    expect(performance.now() - startedMs).toBeGreaterThan(140);
    const aborting = new AbortController();
    const report = await replay({ again: true, rate: 0.01, signal: aborting.signal, onProgress: () => aborting.abort() });
    expect(report.replayed).toBe(1);
  });

  it('leaves alone what is no dead letter', async () => {
    await log.publish([{ topic: TOPIC, key: 'k', value: Buffer.from('x') }]);
    expect(await replay()).toMatchObject({ replayed: 0, skipped: { foreign: 1 } });
  });
});

describe('dlq export', () => {
  it('writes what ingest refused as lines that replay can send once mended', async () => {
    const refuse = (original: string, code: string) =>
      log.publish([
        {
          topic: REJECTED_TOPIC,
          key: 'shop',
          value: REJECTED_EVENT.encode({ sourceId: 'shop', code, reason: 'r', original: Buffer.from(original) }),
        },
      ]);
    await refuse('{\n  "type": "track",\r\n  "event": "a  b"\n}', 'IDENTITY_MISSING');
    await refuse('{"event":"x"}', 'EVENT_INVALID');
    const file = join(dir(), 'rejected.ndjson');
    expect(await exportRejected({ log, file })).toEqual({ file, events: 2, withoutType: 1 });
    expect(readFileSync(file, 'utf8')).toBe('{ "type": "track", "event": "a  b" }\n{"event":"x"}\n');
    expect(await exportRejected({ log, file, code: 'IDENTITY_MISSING' })).toMatchObject({ events: 1, withoutType: 0 });
    const events: unknown[] = [];
    for await (const event of openNdjson(file).events()) events.push(event);
    expect(events).toEqual([{ messageId: 'rejected.ndjson:1', type: 'track', event: 'a  b' }]);
    expect(await showLetters(log, { topic: REJECTED_TOPIC, limit: 1, code: 'EVENT_INVALID' })).toMatchObject([
      { from: null, service: 'ingest', attempts: 0, decoded: { original: { event: 'x' } } },
    ]);
    await expect(exportRejected({ log, file: join(dir(), 'no', 'folder') })).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});
