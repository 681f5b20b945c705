import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, useTempDir } from '@tradewind/testing';
import { javaVersion, serverProperties } from './kafka-server';
import { createLocalStack } from './local-stack';
import { freePort as preferredPort } from './ports';
import { runningProcess, startDetached } from './process-file';
import { findProgram, lastLines, runProgram } from './shell';
import { exportLines } from './stack';
import { askPort, brokersIn, kafkaMetadataRequest } from './wire';

const silent = { note: () => undefined, progress: () => ({ update: () => undefined, finish: () => undefined }) };

describe('the stack', () => {
  const dir = useTempDir();

  it('takes another port when the usual one is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const other = await preferredPort(port);
    server.close();
    expect(other).not.toBe(port);
  });

  it('reads Java versions old and new', () => {
    expect(
      [`openjdk version "17.0.15" 2025-04-15`, `java version "1.8.0_392"`, `openjdk version "21" 2023-09-19`, 'nonsense'].map(javaVersion),
    ).toEqual([17, 8, 21, null]);
  });

  it('keeps Kafka to this machine and makes no topics by accident', () => {
    const properties = serverProperties({ dir: '/d', port: 1234 }, 1235).split('\n');
    expect(properties).toContain('listeners=PLAINTEXT://127.0.0.1:1234,CONTROLLER://127.0.0.1:1235');
    expect(properties).toContain('auto.create.topics.enable=false');
    expect(properties).toContain('message.max.bytes=4194304');
  });

  it('counts the brokers of a metadata answer, and none where nothing listens', async () => {
    expect(brokersIn(await askPort(await freePort(), kafkaMetadataRequest()))).toBe(0);
    const answer = Buffer.alloc(12);
    answer.writeInt32BE(2, 8);
    expect(brokersIn(answer)).toBe(2);
  });

  it('says how a program failed', async () => {
    const logFile = join(dir(), 'log');
    await expect(runProgram('sh', ['-c', 'echo the reason; exit 3'], { logFile })).rejects.toThrow(/the reason/);
    expect(lastLines(logFile)).toBe('the reason');
  });

  it('knows a process by its start, not only by its number', () => {
    const started = startDetached(dir(), 1, { program: 'sleep', args: ['60'] })!;
    expect(runningProcess(dir())).toEqual(started);
    const forged = JSON.stringify({ ...started, startedAt: 'another time' });

    writeFileSync(join(dir(), 'process.json'), forged);
    expect(runningProcess(dir())).toBeNull();
    process.kill(started.pid, 'SIGKILL');
  });

  it('writes settings a shell can read', () => {
    expect(exportLines({ A: '1', B: '2' })).toBe('export A=1\nexport B=2\n');
  });

  const itWithRedis = findProgram('redis-server') !== null || process.env['CI'] === 'true' ? it : it.skip;
  itWithRedis('starts, crashes, restarts on the same port with its data, stops and wipes Redis', async () => {
    const stack = createLocalStack(dir(), silent);
    const first = await stack.start('redis', { redis: await freePort() });
    expect(first).toMatchObject({ state: 'up', setting: 'REDIS_URL', value: `redis://127.0.0.1:${first.port}` });
    await expect(stack.start('redis', {})).resolves.toEqual(first);
    await askPort(first.port!, Buffer.from('SET k kept\r\n'));

    await stack.kill('redis');
    await expect(stack.status('redis')).resolves.toEqual({ name: 'redis', state: 'down' });
    const second = await stack.start('redis', {});
    expect(second.port).toBe(first.port);
    expect((await askPort(second.port!, Buffer.from('GET k\r\n')))?.toString()).toContain('kept');

    await expect(stack.start('kafka', { kafka: second.port })).rejects.toThrow(/--kafka-port/);
    await stack.stop('redis');
    await stack.stop('redis');
    expect(readFileSync(join(dir(), 'redis', 'server.log'), 'utf8')).toMatch(/ready to exit/);
    await stack.wipe('redis');
    expect(existsSync(join(dir(), 'redis', 'server.log'))).toBe(false);
  });
});
