import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { useTempDir } from '@tradewind/testing';
import type { LogRecord } from '../event-log';
import { compact } from './compaction';
import { PartitionLog } from './partition-log';
import { prepareRecord } from './record-frame';

const HOUR_MS = 3_600_000;

describe('compaction', () => {
  const dir = useTempDir();
  let runs = 0;
  const nextFolder = () => join(dir(), String(runs++));

  function open(folder: string): PartitionLog {
    return new PartitionLog({
      folder,
      topic: 't',
      partition: 0,
      segmentBytes: 300,
      segmentMs: () => Infinity,
      fsyncEachWrite: false,
      now: () => 0,
      log: () => undefined,
      onSealed: () => undefined,
    });
  }

  async function write(
    log: PartitionLog,
    entries: readonly (readonly [key: string, value: string | null])[],
    timestampMs = 0,
  ): Promise<void> {
    for (const [key, value] of entries) {
      log.append(prepareRecord({ topic: 't', key, value: value === null ? null : Buffer.from(value) }), timestampMs);
      await log.flushed();
    }
  }

  async function readAll(log: PartitionLog): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let offset = log.low; offset < log.high;) {
      const slice = await log.read(offset, { maxRecords: 7, maxBytes: 1 << 20 });
      records.push(...slice.records);
      offset = slice.nextOffset;
    }
    return records;
  }

  const lastPerKey = (records: readonly LogRecord[]) => new Map(records.map(({ key, value }) => [String(key), value && String(value)]));
  const options = { nowMs: HOUR_MS, deleteRetentionMs: 24 * HOUR_MS, segmentBytes: 600 };

  it('keeps the last record per key, with its offset, over reopening and further writes', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const entries = fc.array(fc.tuple(key, fc.option(fc.string({ maxLength: 20 }))), { minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(entries, entries, async (first, second) => {
        const folder = nextFolder();
        const log = open(folder);
        await write(log, first);
        const before = await readAll(log);
        await compact(log, options);
        const after = await readAll(log);
        expect(lastPerKey(after)).toEqual(lastPerKey(before));
        expect(before).toEqual(expect.arrayContaining(after));
        const sealedEnd = log.sealed.at(-1)?.endOffset ?? 0;
        const sealedKeys = after.filter(({ offset }) => offset < sealedEnd).map((record) => String(record.key));
        expect(new Set(sealedKeys).size).toBe(sealedKeys.length);

        await write(log, second);
        await log.close();
        const again = open(folder);
        expect(again.high).toBe(first.length + second.length);
        await compact(again, options);
        expect(lastPerKey(await readAll(again))).toEqual(new Map([...first, ...second]));
        await again.close();
      }),
      { numRuns: 40 },
    );
  });

  it('drops a tombstone only after its retention', async () => {
    const log = open(nextFolder());
    await write(log, [['gone', 'x'], ['stays', 'y'], ['gone', null], ...Array.from({ length: 12 }, (_, i) => [`fill-${i}`, 'z'] as const)]); // prettier-ignore
    await compact(log, { ...options, nowMs: 23 * HOUR_MS });
    expect(lastPerKey(await readAll(log)).get('gone')).toBeNull();
    await write(log, Array.from({ length: 30 }, (_, i) => [`more-${i}`, 'z']), 24 * HOUR_MS); // prettier-ignore
    await compact(log, { ...options, nowMs: 25 * HOUR_MS });
    expect(lastPerKey(await readAll(log)).has('gone')).toBe(false);
    expect(lastPerKey(await readAll(log)).get('stays')).toBe('y');
    await log.close();
  });

  it('leaves a slice that is being read intact', async () => {
    const log = open(nextFolder());
    await write(
      log,
      Array.from({ length: 60 }, (_, i) => ['same', `v${i}`]),
    );
    const reading = log.read(0, { maxRecords: 5, maxBytes: 1 << 20 });
    await Promise.all([compact(log, options), reading]);
    expect((await reading).records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
    await log.close();
  });

  it('reads the same from a folder in which a kill left merged segments and unfinished files behind', async () => {
    const folder = nextFolder();
    const log = open(folder);
    await write(
      log,
      Array.from({ length: 40 }, (_, i) => [`key-${i % 25}`, `v${i}`]),
    );
    await log.close();
    const killed = nextFolder();
    mkdirSync(killed);
    for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(killed, name));
    const compacting = open(folder);
    await compact(compacting, options);
    const expected = lastPerKey(await readAll(compacting));
    await compacting.close();
    // The merged file was renamed into place, its index not yet written, the segments merged into it not yet deleted.
    const first = `${'0'.repeat(20)}.log`;
    copyFileSync(join(folder, first), join(killed, first));
    copyFileSync(join(folder, first), join(killed, `${'0'.repeat(20)}.compacting`));

    const again = open(killed);
    const records = await readAll(again);
    expect(lastPerKey(records)).toEqual(expected);
    expect(records.map(({ offset }) => offset)).toEqual([...new Set(records.map(({ offset }) => offset))].sort((a, b) => a - b));
    expect(readdirSync(killed).some((name) => name.endsWith('.compacting'))).toBe(false);
    await again.close();
  });
});
