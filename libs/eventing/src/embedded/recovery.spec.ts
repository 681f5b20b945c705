import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { useTempDir } from '@tradewind/testing';
import type { LogRecord } from '../event-log';
import { PartitionLog } from './partition-log';
import { prepareRecord } from './record-frame';

const LIMITS = { maxRecords: 1000, maxBytes: 1 << 20 };

describe('recovery', () => {
  const dir = useTempDir();
  const warnings: string[] = [];

  function open(folder: string, segmentBytes = 1 << 20): PartitionLog {
    return new PartitionLog({
      folder,
      topic: 't',
      partition: 0,
      segmentBytes,
      segmentMs: () => Infinity,
      fsyncEachWrite: false,
      now: () => 1_700_000_000_000,
      log: (_level, message) => warnings.push(message),
      onSealed: () => undefined,
    });
  }

  async function append(log: PartitionLog, values: readonly string[]): Promise<void> {
    for (const value of values)
      log.append(prepareRecord({ topic: 't', key: 'k', value: Buffer.from(value), headers: { h: 'x' } }), 1_700_000_000_000);
    await log.flushed();
  }

  async function readAll(log: PartitionLog): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let offset = log.low; offset < log.high;) {
      const slice = await log.read(offset, LIMITS);
      records.push(...slice.records);
      offset = slice.nextOffset;
    }
    return records;
  }

  const valuesOf = (records: readonly LogRecord[]) => records.map((record) => String(record.value));
  const lastFile = (folder: string) => join(folder, readdirSync(folder).filter((name) => name.endsWith('.log')).sort().at(-1)!); // prettier-ignore

  /** A closed log of two segments in `pristine/`; every run of a property damages a copy. */
  async function writePristine(): Promise<{ folder: string; values: string[] }> {
    const folder = join(dir(), 'pristine');
    const values = Array.from({ length: 60 }, (_, i) => `value-${i}-${'x'.repeat(i % 13)}`);
    const log = open(folder, 2_000);
    for (let i = 0; i < values.length; i += 5) await append(log, values.slice(i, i + 5));
    await log.close();
    return { folder, values };
  }

  function copyOf(folder: string): string {
    const copy = join(dir(), 'copy');
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy);
    for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(copy, name));
    return copy;
  }

  it('reopens with a prefix, cut at any byte of the last segment, and goes on with the right offsets', async () => {
    const { folder, values } = await writePristine();
    const size = statSync(lastFile(folder)).size;
    await fc.assert(
      fc.asyncProperty(fc.nat(size), fc.uint8Array({ maxLength: 60 }), async (cut, garbage) => {
        const copy = copyOf(folder);
        truncateSync(lastFile(copy), cut);
        writeFileSync(lastFile(copy), garbage, { flag: 'a' });
        const log = open(copy);
        const kept = valuesOf(await readAll(log));
        expect(kept).toEqual(values.slice(0, kept.length));
        await append(log, ['after-1', 'after-2']);
        await log.close();
        const again = open(copy);
        const records = await readAll(again);
        expect(valuesOf(records)).toEqual([...kept, 'after-1', 'after-2']);
        expect(records.map(({ offset }) => offset)).toEqual(records.map((_, i) => i));
        await again.close();
      }),
      { numRuns: 150 },
    );
  });

  it('keeps every record of the frames before the cut', async () => {
    const { folder, values } = await writePristine();
    const copy = copyOf(folder);
    truncateSync(lastFile(copy), statSync(lastFile(copy)).size - 1);
    const log = open(copy);
    expect(valuesOf(await readAll(log))).toEqual(values.slice(0, -1));
    expect(warnings.at(-1)).toMatch(/unfinished write/);
    await log.close();
  });

  it('cuts at a flipped byte in the last segment, says so, and keeps the intact rest in a file beside it', async () => {
    const { folder, values } = await writePristine();
    const last = lastFile(folder);
    const size = statSync(last).size;
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const copy = copyOf(folder);
        const bytes = readFileSync(lastFile(copy));
        bytes[at]! ^= flip;
        writeFileSync(lastFile(copy), bytes);
        const log = open(copy);
        const kept = valuesOf(await readAll(log));
        expect(kept).toEqual(values.slice(0, kept.length));
        expect(kept.length).toBeLessThan(values.length);
        const aside = readdirSync(copy).some((name) => name.includes('.damaged-'));
        expect(aside).toBe(kept.length < values.length - 1);
        await log.close();
      }),
      { numRuns: 60 },
    );
  });

  it.each(['with', 'without'])('names file and position of a damaged record in an earlier segment, %s its index', async (index) => {
    const { folder } = await writePristine();
    const first = join(folder, `${'0'.repeat(20)}.log`);
    const bytes = readFileSync(first);
    bytes[40]! ^= 1;
    writeFileSync(first, bytes);
    if (index === 'without') rmSync(first.replace('.log', '.index'));
    const damaged = { code: 'STATE_CORRUPT', details: { file: first, position: 0 } };
    if (index === 'without') expect(() => open(folder)).toThrow(expect.objectContaining(damaged));
    else await expect(readAll(open(folder))).rejects.toMatchObject(damaged);
  });

  it('rebuilds a missing or outdated index of a sealed segment', async () => {
    const { folder, values } = await writePristine();
    const index = join(folder, `${'0'.repeat(20)}.index`);
    const before = readFileSync(index, 'utf8');
    for (const content of [null, '{"format":1', before.replace('"bytes":', '"bytes":1')]) {
      if (content === null) rmSync(index);
      else writeFileSync(index, content);
      const log = open(folder);
      expect(valuesOf(await readAll(log))).toEqual(values);
      await log.close();
      expect(readFileSync(index, 'utf8')).toBe(before);
    }
  });

  it('fails what could not be written, gives its offsets out again and works on', async () => {
    const folder = join(dir(), 'blocked');
    writeFileSync(folder, 'a file where the folder should be');
    const log = open(join(folder, '0'));
    await expect(append(log, ['lost'])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', retryable: true });
    rmSync(folder);
    await append(log, ['kept']);
    expect((await readAll(log)).map(({ offset, value }) => [offset, String(value)])).toEqual([[0, 'kept']]);
    await log.close();
    expect(existsSync(join(folder, '0'))).toBe(true);
  });
});
