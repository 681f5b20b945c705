import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { createFakeClock, describeWith, eventually, freePort, uniqueName, useTempDir } from '@tradewind/testing';
import { FingerprintTable } from './fingerprint-table';
import { Fingerprints } from './fingerprints';
import { SLICE_MS, openMemoryMessageIdStore } from './memory-message-id-store';
import { describeMessageIdStore, fingerprintsOf } from './message-id-store.contract';
import { openRedisMessageIdStore } from './redis-message-id-store';

const NONE = new Fingerprints();

describe('Fingerprints', () => {
  it('are safe integers above 0, the same for the same id, and spread evenly', () => {
    const ids = Array.from({ length: 200_000 }, (_, i) => `node-next-${1_790_000_000_000 + i * 7}-0000-4000-8000-${i.toString(16)}`);
    const prints = fingerprintsOf(ids);
    const all = Array.from(prints.prints.subarray(0, prints.length));
    expect(new Set(all).size).toBe(ids.length);
    expect(all.every((print) => Number.isSafeInteger(print) && print > 0)).toBe(true);
    expect(fingerprintsOf([ids[7]!]).prints[0]).toBe(prints.prints[7]);
    // n²/2³³ pairs of a random 32-bit function collide: 4.7 here. Each lane alone must be about that good.
    const collisions = (values: Iterable<number>) => ids.length - new Set(values).size;
    const low = all.map((print) => print % 2 ** 32);
    expect(collisions(low)).toBeLessThan(25);
    expect(collisions(prints.spreads.subarray(0, prints.length))).toBeLessThan(25);
    const buckets = new Uint32Array(256);
    for (const spread of prints.spreads.subarray(0, prints.length)) buckets[spread % 256]!++;
    expect(Math.max(...buckets) / Math.min(...buckets)).toBeLessThan(1.35);
  });

  it('differ when source and id are split elsewhere', () => {
    expect(fingerprintsOf(['bc'], 'a').prints[0]).not.toBe(fingerprintsOf(['c'], 'ab').prints[0]);
  });
});

describe('FingerprintTable', () => {
  it('is like a Set, at 13 bytes an id or less once it has grown', () => {
    const table = new FingerprintTable();
    const ids = fingerprintsOf(Array.from({ length: 100_000 }, (_, i) => `${i}`));
    const places = [...ids.prints.subarray(0, ids.length).keys()];
    expect(places.slice(0, 90_000).every((i) => table.add(ids.prints[i]!, ids.spreads[i]!))).toBe(true);
    expect(table.add(ids.prints[5]!, ids.spreads[5]!)).toBe(false);
    expect(places.filter((i) => table.has(ids.prints[i]!, ids.spreads[i]!))).toHaveLength(90_000);
    expect(table.size).toBe(90_000);
    expect(table.bytes / table.size).toBeLessThan(13.1);
  });
});

describe('memory', () => {
  const dir = useTempDir();
  const open = (place: string, now: () => number) => openMemoryMessageIdStore({ dir: join(dir(), place), now });
  describeMessageIdStore('memory', { shared: false, open });

  it('deletes the files of slices that nobody asks any more', async () => {
    const clock = createFakeClock();
    const store = await open('p', clock.now);
    for (let i = 0; i < 6; i++) {
      await store.exchange(NONE, fingerprintsOf([`${i}`]));
      clock.advance(SLICE_MS);
    }
    await store.exchange(NONE, fingerprintsOf(['last']));
    expect(readdirSync(join(dir(), 'p'))).toHaveLength(3);
    await store.close();
  });

  it('opens with every whole entry, wherever its file was cut and whatever was written behind', async () => {
    const { now } = createFakeClock();
    const ids = Array.from({ length: 5 }, (_, i) => `${i}`);
    const store = await open('whole', now);
    await store.exchange(NONE, fingerprintsOf(ids));
    await store.close();
    const file = readdirSync(join(dir(), 'whole'))[0]!;
    const bytes = readFileSync(join(dir(), 'whole', file));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.uint8Array({ maxLength: 30 }), async (length, rest) => {
        const place = uniqueName('cut');
        await (await open(place, now)).close();
        const path = join(dir(), place, file);
        writeFileSync(path, bytes);
        truncateSync(path, length);
        appendFileSync(path, rest);
        const reopened = await open(place, now);
        await reopened.exchange(NONE, fingerprintsOf(['after']));
        const whole = Math.floor(length / 12);
        expect((await reopened.exchange(fingerprintsOf(ids.slice(0, whole)), NONE)).every(Boolean)).toBe(true);
        await reopened.close();
        const again = await open(place, now);
        expect(await again.exchange(fingerprintsOf(['after']), NONE)).toEqual([true]);
        await again.close();
      }),
      { numRuns: 50 },
    );
  });

  it('says STATE_UNAVAILABLE when it cannot write, and forgets nothing that it had', async () => {
    const store = await openMemoryMessageIdStore({ dir: join(dir(), 'p'), now: () => 5 * SLICE_MS });
    await store.exchange(NONE, fingerprintsOf(['a']));
    await store.close();
    await expect(store.exchange(fingerprintsOf(['a']), NONE)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
    writeFileSync(join(dir(), 'no-folder'), '');
    await expect(openMemoryMessageIdStore({ dir: join(dir(), 'no-folder') })).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  });
});

describeWith('redis', 'Redis', (url) => {
  let raw: Redis;
  beforeAll(() => (raw = new Redis(url)));
  afterAll(async () => {
    const keys = await raw.keys('{contract}*');
    if (keys.length > 0) await raw.unlink(keys);
    await raw.quit();
  });
  const open = (place: string, now: () => number) => openRedisMessageIdStore({ url, keyPrefix: `{contract}${place}:`, buckets: 16, now });
  describeMessageIdStore('redis', { shared: true, open });

  it('keeps eight bytes an id in strings that expire, and drops from them what is over', async () => {
    const clock = createFakeClock();
    const place = uniqueName('ids');
    const store = await open(place, clock.now);
    const bytes = async () => {
      const keys = await raw.keys(`{contract}${place}:*`);
      expect(keys.length).toBeLessThanOrEqual(16);
      for (const ttl of await Promise.all(keys.map((key) => raw.ttl(key)))) {
        expect(ttl).toBeGreaterThan(24 * 3600);
        expect(ttl).toBeLessThanOrEqual(26 * 3600 + 60);
      }
      return (await Promise.all(keys.map((key) => raw.strlen(key)))).reduce((sum, length) => sum + length, 0);
    };
    const ids = (name: string) => fingerprintsOf(Array.from({ length: 200 }, (_, i) => `${name} ${i}`));
    await store.exchange(NONE, ids('first'));
    expect(await bytes()).toBe(200 * 8);
    clock.advance(25 * 3_600_000);
    await store.exchange(NONE, ids('second'));
    expect(await bytes()).toBe(200 * 8);
    await store.close();
  });

  it('sends the script again to a server that lost it', async () => {
    const store = await open(uniqueName('ids'), Date.now);
    await store.exchange(NONE, fingerprintsOf(['a']));
    await raw.script('FLUSH');
    expect(await store.exchange(fingerprintsOf(['a', 'b']), fingerprintsOf(['c']))).toEqual([true, false]);
    await store.close();
  });
});

/** A server of its own, to be killed. */
describeWith('redis', 'a Redis that goes away', () => {
  const dir = useTempDir();
  let server: ChildProcess | undefined;
  const start = (port: number) => {
    server = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', dir()], { stdio: 'ignore' });
  };
  const kill = async () => {
    const ended = server && once(server, 'exit');
    server?.kill('SIGKILL');
    await ended;
    server = undefined;
  };
  afterEach(kill);

  it('rejects with STATE_UNAVAILABLE at once, and works again when it is back', async () => {
    const port = await freePort();
    start(port);
    const store = await eventually(() => openRedisMessageIdStore({ url: `redis://127.0.0.1:${port}`, timeoutMs: 1000 }));
    await store.exchange(NONE, fingerprintsOf(['a']));
    await kill();
    await expect(store.exchange(fingerprintsOf(['a']), NONE)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
    await expect(store.ping()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    start(port);
    await eventually(() => store.ping());
    expect(await store.exchange(fingerprintsOf(['a', 'b']), fingerprintsOf(['b']))).toEqual([false, true]);
    await store.close();
  });
});
