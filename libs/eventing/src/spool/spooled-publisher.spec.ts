import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import fc from 'fast-check';
import { AppError } from '@tradewind/contracts';
import { eventually, uniqueName, useTempDir } from '@tradewind/testing';
import type { OutboundRecord } from '../event-log';
import { createSpooledPublisher, type SpooledPublisher } from './spooled-publisher';

const MIB = 1024 * 1024;
const record = (value: string, topic = 'events'): OutboundRecord => ({
  topic,
  key: 'k',
  value: Buffer.from(value),
  headers: { ce_id: value },
});

/** A log that can be away, or go away in the middle of a call. */
function createFaultyLog() {
  const state = { mode: 'up' as 'up' | 'down' | 'half', published: [] as OutboundRecord[], calls: 0, refuses: '' };
  return {
    state,
    values: () => state.published.map(({ value }) => String(value)),
    async publish(records: readonly OutboundRecord[]) {
      state.calls++;
      await new Promise((done) => setImmediate(done));
      if (state.refuses && records.some(({ value }) => String(value) === state.refuses)) throw new AppError('EVENT_TOO_LARGE', 'too large');
      const taken = state.mode === 'up' ? records.length : state.mode === 'half' ? records.length >> 1 : 0;
      state.published.push(...records.slice(0, taken));
      if (state.mode !== 'up') throw new AppError('LOG_UNAVAILABLE', 'the broker is away', { retryable: true });
      return records.map(({ topic }, offset) => ({ topic, partition: 0, offset }));
    },
  };
}

/** In order of their first time. */
const distinct = (values: readonly string[]) => [...new Set(values)];

describe('createSpooledPublisher', () => {
  const dir = useTempDir();
  let opened: SpooledPublisher[] = [];
  const open = (log: ReturnType<typeof createFaultyLog>, options: { dir?: string; maxBytes?: number } = {}) => {
    const spool = createSpooledPublisher({ log, dir: join(dir(), 'spool'), maxBytes: MIB, retryMs: [2, 10], ...options });
    opened.push(spool);
    return spool;
  };
  afterEach(async () => {
    for (const spool of opened) await spool.close();
    opened = [];
  });

  it('passes through while the log works', async () => {
    const log = createFaultyLog();
    const spool = open(log);
    expect(await spool.publish([record('a')])).toEqual([{ topic: 'events', partition: 0, offset: 0 }]);
    expect(spool.status()).toEqual({ records: 0, bytes: 0, oldestAtMs: null });
  });

  it('acknowledges on the disk while the log is away, and then publishes all of it as it was, in order', async () => {
    const log = createFaultyLog();
    const spool = open(log);
    await spool.publish([record('a')]);
    log.state.mode = 'down';
    await spool.publish([record('b'), { topic: 'items', key: null, value: null }]);
    await spool.publish([record('c')]);
    expect(spool.status()).toMatchObject({ records: 3, oldestAtMs: expect.any(Number) });
    log.state.mode = 'up';
    await spool.publish([record('d')]);
    await eventually(() => expect(spool.status().records).toBe(0));
    expect(log.values()).toEqual(['a', 'b', 'null', 'c', 'd']);
    const [, b, tombstone] = log.state.published;
    expect(b).toEqual({ topic: 'events', key: Buffer.from('k'), value: Buffer.from('b'), headers: { ce_id: Buffer.from('b') } });
    expect(tombstone).toEqual({ topic: 'items', key: null, value: null, headers: {} });
    expect(spool.status().bytes).toBe(0);
    expect((await spool.publish([record('e')]))[0]!.partition).toBe(0);
  });

  it('asks the log itself for nothing while records wait, so that nothing overtakes them', async () => {
    const log = createFaultyLog();
    const spool = open(log);
    log.state.mode = 'down';
    await Promise.all(Array.from({ length: 50 }, (_, i) => spool.publish([record(`${i}`)])));
    const { calls } = log.state;
    await Promise.all(Array.from({ length: 50 }, (_, i) => spool.publish([record(`${50 + i}`)])));
    expect(log.state.calls - calls).toBeLessThan(50);
    log.state.mode = 'up';
    await eventually(() => expect(spool.status().records).toBe(0));
    expect(log.values()).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it('leaves to the caller what is no fault of the log', async () => {
    const log = createFaultyLog();
    const spool = open(log);
    log.state.refuses = 'huge';
    await expect(spool.publish([record('huge')])).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    expect(spool.status().records).toBe(0);
  });

  it('sets a record aside that the log never takes, and goes on', async () => {
    const log = createFaultyLog();
    const spool = open(log);
    log.state.mode = 'down';
    await spool.publish(['a', 'b', 'huge', 'c', 'd'].map((value) => record(value)));
    log.state.refuses = 'huge';
    log.state.mode = 'up';
    await eventually(() => expect(spool.status().records).toBe(0));
    expect(log.values()).toEqual(['a', 'b', 'c', 'd']);
    const [file] = readdirSync(join(dir(), 'spool', 'refused'));
    expect(readFileSync(join(dir(), 'spool', 'refused', file!)).includes('huge')).toBe(true);
  });

  it('refuses when it is full, keeps nothing of that call, and takes records again once there is room', async () => {
    const log = createFaultyLog();
    const spool = open(log, { maxBytes: 200 * 1024 });
    log.state.mode = 'down';
    const taken: string[] = [];
    const fill = async () => {
      for (let i = 0; ; i++) {
        const value = `${taken.length}-${'x'.repeat(10_000)}`;
        await spool.publish([record(value), record(`${value} too`)]);
        taken.push(value, `${value} too`);
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', retryable: true });
    expect(spool.status().bytes).toBeLessThanOrEqual(200 * 1024);
    expect(taken.length).toBeGreaterThan(5);
    log.state.mode = 'up';
    await eventually(() => expect(spool.status()).toEqual({ records: 0, bytes: 0, oldestAtMs: null }));
    expect(log.values()).toEqual(taken);
    log.state.mode = 'down';
    await spool.publish([record('again')]);
    log.state.mode = 'up';
    await eventually(() => expect(log.values().at(-1)).toBe('again'));
  });

  it('is of one process at a time', () => {
    open(createFaultyLog());
    expect(() => open(createFaultyLog())).toThrow(expect.objectContaining({ code: 'DATA_DIR_LOCKED' }));
  });

  it('starts anew where somebody removed its records', async () => {
    const log = createFaultyLog();
    const first = open(log);
    log.state.mode = 'down';
    await first.publish(['a', 'b', 'c'].map((value) => record(value)));
    log.state.mode = 'up';
    await eventually(() => expect(first.status().records).toBe(0));
    await first.close();
    rmSync(join(dir(), 'spool', 'records'), { recursive: true });
    log.state.mode = 'down';
    const second = open(log);
    await second.publish([record('d')]);
    await second.close();
    log.state.mode = 'up';
    open(log);
    await eventually(() => expect(log.values()).toEqual(['a', 'b', 'c', 'd']));
  });

  /** A copy of the files as a process killed now would leave them. */
  function crashImage(from: string): string {
    const image = join(dir(), uniqueName('image'));
    cpSync(from, image, { recursive: true });
    rmSync(join(image, 'log.lock'), { force: true });
    return image;
  }

  it('loses nothing acknowledged and keeps the order of each sender, whatever fails and whenever it is killed', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ sender: fc.nat(3), records: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 2, arbitrary: fc.record({ mode: fc.constantFrom('up' as const, 'down' as const, 'half' as const) }) },
      { weight: 2, arbitrary: fc.record({ ticks: fc.nat(12) }) },
      { weight: 1, arbitrary: fc.constant('kill' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const log = createFaultyLog();
        let path = join(dir(), uniqueName('spool'));
        let spool = open(log, { dir: path });
        let kills = 0;
        const senders = [0, 1, 2, 3].map(() => ({ sent: 0, acknowledged: [] as string[], last: Promise.resolve() }));
        const send = async (id: number, count: number) => {
          const sender = senders[id]!;
          const values = Array.from({ length: count }, () => `${id}/${sender.sent++}`);
          // Like a client: sends again until it is acknowledged, and only then goes on.
          for (;;) {
            const before = kills;
            const done = await spool.publish(values.map((value) => record(value))).then(
              () => before === kills,
              () => false,
            );
            if (done) break;
            await new Promise((next) => setImmediate(next));
          }
          sender.acknowledged.push(...values);
        };
        for (const each of steps) {
          if (each === 'kill') {
            const dead = spool;
            const deadLog = log.state.mode;
            path = crashImage(path);
            // From here on nobody hears of what the dead one still does.
            kills++;
            log.state.mode = 'down';
            await dead.close();
            log.state.mode = deadLog;
            spool = open(log, { dir: path });
          } else if ('mode' in each) log.state.mode = each.mode;
          else if ('ticks' in each) for (let i = 0; i < each.ticks; i++) await new Promise((next) => setImmediate(next));
          else senders[each.sender]!.last = senders[each.sender]!.last.then(() => send(each.sender, each.records));
        }
        log.state.mode = 'up';
        await Promise.all(senders.map(({ last }) => last));
        await eventually(() => expect(spool.status().records).toBe(0), { intervalMs: 2 });
        const published = distinct(log.values());
        senders.forEach(({ acknowledged }, id) => expect(published.filter((value) => value.startsWith(`${id}/`))).toEqual(acknowledged));
        await spool.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('opens wherever its last write was cut short, with every whole record', async () => {
    const log = createFaultyLog();
    log.state.mode = 'down';
    const values = ['one', 'two', 'three'];
    const spool = open(log);
    const ends: number[] = [];
    for (const value of values) {
      await spool.publish([record(value)]);
      ends.push(spool.status().bytes);
    }
    await spool.close();
    const image = crashImage(join(dir(), 'spool'));
    const [file] = readdirSync(join(image, 'records'));
    for (let cut = statSync(join(image, 'records', file!)).size; cut >= 0; cut -= 3) {
      truncateSync(join(image, 'records', file!), cut);
      const survivors = createFaultyLog();
      const reopened = open(survivors, { dir: crashImage(image) });
      await reopened.publish([record('next')]);
      const expected = [...values.slice(0, ends.filter((end) => end <= cut).length), 'next'];
      await eventually(() => expect(survivors.values()).toEqual(expected), { intervalMs: 1 });
      await reopened.close();
    }
  });

  it('repeats records rather than losing them when its note of progress is damaged', async () => {
    const log = createFaultyLog();
    log.state.mode = 'down';
    const spool = open(log);
    await spool.publish(['a', 'b', 'c'].map((value) => record(value)));
    await spool.close();
    const file = join(dir(), 'spool', 'drained');
    const note = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(note.length), fc.uint8Array({ maxLength: 24 }), async (at, damage) => {
        const image = crashImage(join(dir(), 'spool'));
        writeFileSync(join(image, 'drained'), Buffer.concat([note.subarray(0, at), damage]));
        const survivors = createFaultyLog();
        const reopened = open(survivors, { dir: image });
        await eventually(() => expect(distinct(survivors.values())).toEqual(['a', 'b', 'c']), { intervalMs: 1 });
        await reopened.close();
      }),
      { numRuns: 40 },
    );
  });

  it('refuses while its disk is full, and recovers by itself', async () => {
    const disk = join(dir(), 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]).status === 0;
    if (!mounted) return void process.stderr.write('skipped: full disk: mounting a tmpfs needs root\n');
    try {
      const log = createFaultyLog();
      const spool = open(log, { dir: disk, maxBytes: 100 * MIB });
      log.state.mode = 'down';
      const taken: string[] = [];
      const fill = async () => {
        for (;;) {
          const value = `${taken.length}-${'x'.repeat(9_000)}`;
          await spool.publish([record(value)]);
          taken.push(value);
        }
      };
      for (let i = 0; i < 3; i++) await expect(fill()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', retryable: true });
      expect(taken.length).toBeGreaterThan(10);
      log.state.mode = 'up';
      await eventually(() => expect(spool.status().records).toBe(0));
      expect(log.values()).toEqual(taken);
      log.state.mode = 'down';
      await expect(fill()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      await spool.close();
      log.state.mode = 'up';
      const next = open(log, { dir: disk, maxBytes: 100 * MIB });
      await eventually(() => expect(next.status().records).toBe(0));
      expect(log.values()).toEqual(taken);
      await next.close();
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('survives kill -9 with everything that it acknowledged', async () => {
    const bundle = join(dir(), 'spooler.cjs');
    const contents = `
      import { writeSync } from 'node:fs';
      import { AppError } from '@tradewind/contracts';
      import { createSpooledPublisher } from './spooled-publisher';
      const log = { publish: async () => { throw new AppError('LOG_UNAVAILABLE', 'away', { retryable: true }); } };
      const spool = createSpooledPublisher({ log, dir: process.argv[2], maxBytes: ${64 * MIB} });
      async function send(lane) {
        for (let i = 0; ; i++) {
          await spool.publish([0, 1, 2].map((k) => ({ topic: 't', key: lane, value: Buffer.from(lane + '/' + (3 * i + k)) })));
          writeSync(1, [0, 1, 2].map((k) => lane + '/' + (3 * i + k) + '\\n').join(''));
        }
      }
      void Promise.all(['a', 'b', 'c'].map(send));
    `;
    await build({
      stdin: { contents, resolveDir: __dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: bundle,
      tsconfig: resolve(__dirname, '../../../../tsconfig.base.json'),
      logLevel: 'error',
    });
    const child = spawn(process.execPath, [bundle, join(dir(), 'killed')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => acknowledged.push(line));
    const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]);
    try {
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(1_000), { timeoutMs: 20_000 });
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    const log = createFaultyLog();
    const spool = open(log, { dir: join(dir(), 'killed') });
    await eventually(() => expect(spool.status().records).toBe(0));
    const values = log.values();
    const published = new Set(values);
    // The last line may have been cut by the kill.
    expect(acknowledged.slice(0, -1).filter((value) => !published.has(value))).toEqual([]);
    for (const lane of ['a', 'b', 'c']) {
      const own = values.filter((value) => value.startsWith(lane));
      expect(own).toEqual(own.map((_, i) => `${lane}/${i}`));
    }
  });
});
