import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describeWith, eventually, freePort, uniqueName, useTempDir } from '@tradewind/testing';
import type { StateStore } from '../state-store';
import { describeDueTimes } from '../due-times/due-times.contract';
import { describeStateStore } from '../state-store.contract';
import { keySlot } from './key-slot';
import { openRedisStateStore } from './redis-state-store';

describe('keySlot', () => {
  it('follows the Redis Cluster specification', () => {
    expect(keySlot('123456789')).toBe(0x31c3);
    expect(keySlot('{user1000}.following')).toBe(keySlot('user1000'));
    expect(keySlot('foo{}{bar}')).toBe(8363);
    expect(keySlot('foo{{bar}}zap')).toBe(keySlot('{bar'));
    expect(keySlot('foo{bar}{zap}')).toBe(keySlot('bar'));
  });
});

describeWith('redis', 'Redis', (url) => {
  describeStateStore('redis', () => openRedisStateStore({ url, keyPrefix: 'contract:' }));
  describeDueTimes('redis', () => openRedisStateStore({ url, keyPrefix: 'contract:' }));

  it('stores the revision before the bytes and keeps to its key prefix', async () => {
    const keyPrefix = `${uniqueName('prefix')}:`;
    const [store, raw] = [await openRedisStateStore({ url, keyPrefix }), new Redis(url)];
    await store.writeMany([{ key: 'a', value: Buffer.from('A'), revision: 2 ** 32 + 258 }]);
    expect(await raw.getBuffer(`${keyPrefix}a`)).toEqual(Buffer.from([0, 0, 0, 1, 0, 0, 1, 2, 65]));
    await raw.set(`${keyPrefix}b`, 'foreign');
    await expect(store.readMany(['b'])).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await store.deleteMany(['a', 'b']);
    await store.close();
    await raw.quit();
  });

  it('refuses a stale writer among members that write at the same time', async () => {
    const stores = await Promise.all([1, 2, 3].map(() => openRedisStateStore({ url, keyPrefix: 'contract:' })));
    const key = uniqueName('race');
    const revisions = Array.from({ length: 60 }, (_, i) => i);
    await Promise.all(revisions.map((revision) => stores[revision % 3]!.writeMany([{ key, value: Buffer.from(`${revision}`), revision }])));
    expect((await stores[0]!.readMany([key]))[0]!.toString()).toBe('59');
    await stores[0]!.deleteMany([key]);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('openRedisStateStore without a server', () => {
  it('says so and names no password', async () => {
    const url = `redis://user:secret@127.0.0.1:${await freePort()}`;
    const failure = openRedisStateStore({ url, timeoutMs: 500 });
    await expect(failure).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
    await expect(failure).rejects.toThrow(/^Redis at redis:\/\/127/);
  });
});

/** Servers of this file's own, which it may stop and start. */
const hasServer = spawnSync('redis-server', ['--version']).status === 0;
if (!hasServer && process.env['CI'] === 'true') throw new Error('redis-server is not on the PATH');
if (!hasServer) process.stderr.write('skipped: Redis going away, Redis Cluster: redis-server is not on the PATH\n');
const describeOwn = hasServer ? describe : describe.skip;

async function startServer(port: number, dir: string, ...settings: string[]): Promise<ChildProcess> {
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...settings];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const probe = new Redis({ port, retryStrategy: () => 20, maxRetriesPerRequest: null });
  probe.on('error', () => undefined); // not up yet
  await probe.ping();
  probe.disconnect();
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
}

describeOwn('Redis going away', () => {
  const dir = useTempDir();
  let server: ChildProcess;
  let port: number;
  let store: StateStore;
  const write = (revision: number) => store.writeMany([{ key: 'a', value: Buffer.from(`${revision}`), revision }]);

  beforeEach(async () => {
    port = await freePort();
    server = await startServer(port, dir(), '--appendonly', 'yes', '--appendfsync', 'always');
    store = await openRedisStateStore({ url: `redis://127.0.0.1:${port}`, timeoutMs: 300 });
    await write(1);
  });
  afterEach(async () => {
    await store.close();
    await kill(server);
  });

  it('fails at once while it is away and goes on when it is back', async () => {
    await kill(server);
    await expect(write(2)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
    await expect(store.readMany(['a'])).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
    await expect(store.ping()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    await expect(store.scan('')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    server = await startServer(port, dir(), '--appendonly', 'yes');
    await eventually(() => store.ping());
    expect((await store.readMany(['a']))[0]!.toString()).toBe('1');
    expect(await write(2)).toEqual([]);
  });

  it('does not wait for a server that hangs', async () => {
    server.kill('SIGSTOP');
    await expect(write(2)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
    server.kill('SIGCONT');
    await eventually(() => store.ping());
    expect(await write(3)).toEqual([]);
  });

  it('sends the script again after the server forgot it', async () => {
    const raw = new Redis(port);
    await raw.script('FLUSH');
    expect(await write(2)).toEqual([]);
    expect(await write(1)).toEqual(['a']);
    await raw.quit();
  });

  it('closes while the server is away', async () => {
    await kill(server);
    await store.close();
  });
});

describeOwn('Redis Cluster of three', () => {
  const servers: ChildProcess[] = [];
  const ports: number[] = [];
  const dirs: string[] = [];

  beforeAll(async () => {
    for (let i = 0; i < 3; i++) {
      const port = await freePort();
      const own = mkdtempSync(join(tmpdir(), 'tradewind-cluster-'));
      dirs.push(own);
      const busPort = await freePort();
      servers.push(
        await startServer(port, own, '--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-node-timeout', '2000'),
      );
      ports.push(port);
    }
    const hosts = ports.map((port) => `127.0.0.1:${port}`);
    spawnSync('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'], { timeout: 25_000 });
  }, 30_000);
  afterAll(async () => {
    await Promise.all(servers.map(kill));
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  });

  const open = () =>
    eventually(async () => {
      const store = await openRedisStateStore({ url: `redis://127.0.0.1:${ports[0]}`, timeoutMs: 2000 });
      await store.ping();
      return store;
    });

  describeStateStore('redis cluster', open);
  describeDueTimes('redis cluster', open);

  it('fails only while a node is away', async () => {
    const store = await open();
    const writes = Array.from({ length: 300 }, (_, i) => ({ key: `k${i}`, value: Buffer.from(`${i}`), revision: 1 }));
    await store.writeMany(writes);
    servers[2]!.kill('SIGSTOP');
    await expect(store.writeMany(writes)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
    servers[2]!.kill('SIGCONT');
    await eventually(() => store.writeMany(writes));
    const values = await store.readMany(writes.map(({ key }) => key));
    expect(values.map((value) => value!.toString())).toEqual(writes.map(({ value }) => value.toString()));
    await store.close();
  });
});
