import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { eventually, useTempDir } from '@tradewind/testing';
import type { LogRecord } from '../event-log';
import { openEmbeddedEventLog } from './embedded-event-log';

/** Publishes batches one after another, several at a time, and prints what was acknowledged. */
const PUBLISHER = `
  import { writeSync } from 'node:fs';
  import { openEmbeddedEventLog } from './embedded-event-log';
  async function main() {
    const log = await openEmbeddedEventLog({ dataDir: process.argv[2], segmentBytes: 20_000 });
    await log.ensureTopics([{ name: 't', partitions: 3, cleanup: 'delete', retentionMs: -1, key: 'k' }]);
    await log.subscribe({ groupId: 'g', topics: ['t'], maxBatchRecords: 20, onBatch: async () => undefined });
    async function publishAll(lane) {
      for (let i = 0; ; i++) {
        const records = Array.from({ length: 10 }, (_, k) => ({ topic: 't', key: 'key-' + (i + k), value: Buffer.from(lane + '/' + i + '/' + k) }));
        const positions = await log.publish(records);
        writeSync(1, positions.map((p, k) => p.partition + ' ' + p.offset + ' ' + records[k].value + '\\n').join(''));
      }
    }
    await Promise.all(['a', 'b', 'c'].map(publishAll));
  }
  void main();
`;

describe('the death of the process', () => {
  const dir = useTempDir();

  /** A child that publishes until it is killed; `acknowledged` grows as it prints. */
  async function startPublisher(dataDir: string): Promise<{ child: ChildProcess; acknowledged: string[]; ended: Promise<unknown> }> {
    const bundle = join(dir(), 'publisher.cjs');
    const stdin = { contents: PUBLISHER, resolveDir: __dirname, loader: 'ts' as const };
    await build({
      stdin,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: bundle,
      tsconfig: resolve(__dirname, '../../../../tsconfig.base.json'),
      logLevel: 'error',
    });
    const child = spawn(process.execPath, [bundle, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => acknowledged.push(line));
    return { child, acknowledged, ended: Promise.all([once(child, 'exit'), once(lines, 'close')]) };
  }

  it('loses nothing that was acknowledged, and leaves a lock that is taken over', async () => {
    const dataDir = join(dir(), 'data');
    const { child, acknowledged, ended } = await startPublisher(dataDir);
    try {
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(3_000), { timeoutMs: 20_000 });
      await expect(openEmbeddedEventLog({ dataDir })).rejects.toMatchObject({
        code: 'DATA_DIR_LOCKED',
        message: expect.stringContaining(dataDir),
        details: { pid: child.pid },
      });
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    const log = await openEmbeddedEventLog({ dataDir });
    const found = new Map<string, LogRecord>();
    for await (const chunk of log.read('t')) for (const record of chunk) found.set(`${record.partition} ${record.offset}`, record);
    // The last line may have been cut by the kill.
    for (const line of acknowledged.filter((text) => /^\d+ \d+ \w\/\d+\/\d$/.test(text))) {
      const [partition, offset, value] = line.split(' ');
      expect(String(found.get(`${partition} ${offset}`)?.value)).toBe(value);
    }
    for (const { partition, high } of await log.watermarks('t')) {
      expect([...found.values()].filter((record) => record.partition === partition)).toHaveLength(high);
      expect((await log.committed('g', 't')).get(partition) ?? 0).toBeLessThanOrEqual(high);
    }
    expect((await log.committed('g', 't')).size).toBeGreaterThan(0);
    await log.close();
  });

  it.each([
    ['a process that is no more', { token: 'x', pid: 2 ** 22 + 1, processStart: null }],
    ['an earlier process with the id of a living one', { token: 'x', pid: process.pid, processStart: '1' }],
  ])('takes over the lock of %s', async (_name, lock) => {
    const { hostname } = await import('node:os');
    writeFileSync(join(dir(), 'log.lock'), JSON.stringify({ ...lock, host: hostname() }));
    const log = await openEmbeddedEventLog({ dataDir: dir() });
    await expect(openEmbeddedEventLog({ dataDir: dir() })).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      details: { pid: process.pid },
    });
    await log.close();
    await (await openEmbeddedEventLog({ dataDir: dir() })).close();
  });

  it('respects the fresh lock of another machine, and an unfinished one', async () => {
    for (const content of [JSON.stringify({ token: 'x', pid: 1, host: 'elsewhere.invalid', processStart: null }), '']) {
      writeFileSync(join(dir(), 'log.lock'), content);
      await expect(openEmbeddedEventLog({ dataDir: dir() })).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    }
  });
});
