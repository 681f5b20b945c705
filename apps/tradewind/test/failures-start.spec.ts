import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedEventLog } from '@tradewind/eventing';
import { freePort } from '@tradewind/testing';
import { runCliProcess, type EndedProcess } from './cli-process';

/** One process each, started together: what they wait for costs time, not work. */
const started = new Map<string, Promise<EndedProcess>>();
const ended = (name: string) => started.get(name)!;
const folders: string[] = [];
let holder: Server;
let port = 0;

function start(name: string, settings: Record<string, string>, args: readonly string[] = ['service', 'ingest']): void {
  const dataDir = mkdtempSync(join(tmpdir(), 'tradewind-failures-'));
  folders.push(dataDir);
  started.set(name, runCliProcess(args, { DATA_DIR: dataDir, PORT: '0', STARTUP_TIMEOUT_MS: '300', LOG_LEVEL: 'error', ...settings }));
}

beforeAll(async () => {
  // Builds what is outdated, once for all.
  expect(await runCliProcess(['--help'])).toMatchObject({ code: 0 });
  holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  port = (holder.address() as AddressInfo).port;
  const nobody = `127.0.0.1:${await freePort()}`;
  start('config', { PORT: '99999', REDIS_URL: 'http://cache:6379' });
  start('misspelt', { KAFKA_BROKER: 'kafka:9092' });
  start('port', { PORT: String(port) });
  start('kafka', { KAFKA_BROKERS: nobody });
  start('redis', { REDIS_URL: `redis://me:hunter2@${nobody}` });
  start('postgres', { DATABASE_URL: `postgresql://me:hunter2@${nobody}/shop` });
}, 60_000);

afterAll(async () => {
  await Promise.all(started.values());
  holder.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('a process that cannot start exits 1 and says what to do', () => {
  it('broken config: every wrong setting with its value and the remedy', async () => {
    const { code, stdout, stderr } = await ended('config');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'CONFIG_INVALID: 2 settings are wrong',
      expect.stringMatching(/^ {2}REDIS_URL="http:\/\/cache:6379" is wrong: .*redis:\/\/.*; set it to redis:\/\/host:port/),
      '  PORT="99999" is wrong: above 65535; set it to a port number, 0 for any free one',
    ]);
  });

  it('misspelt setting: the one that is meant', async () => {
    const { code, stderr } = await ended('misspelt');
    expect({ code, stderr: stderr.trimEnd() }).toEqual({
      code: 1,
      stderr: 'CONFIG_INVALID: 1 setting is wrong\n  KAFKA_BROKER is not a setting; did you mean KAFKA_BROKERS?',
    });
  });

  it('port in use', async () => {
    const { code, stderr } = await ended('port');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      `PORT_IN_USE: port ${port} on 127.0.0.1 is in use; stop the process that holds it, or set PORT to a free one (0 takes any)`,
    );
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it.each([
    ['Kafka away at start', 'kafka', 'LOG_UNAVAILABLE', 'KAFKA_BROKERS', 'event log'],
    ['Redis away at start', 'redis', 'STATE_UNAVAILABLE', 'REDIS_URL', 'state store'],
    ['PostgreSQL away at start', 'postgres', 'DATABASE_UNAVAILABLE', 'DATABASE_URL', 'database'],
  ])('%s', async (_title, name, errorCode, setting, what) => {
    const { code, stdout, stderr } = await ended(name);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^${errorCode}: the ${what} at ${setting}=\\S*127\\.0\\.0\\.1:\\d+\\S* stayed away for 300 ms; start it`),
    );
    expect(stderr).toContain(`correct ${setting}, or leave it out for the embedded ${what}`);
    expect(stderr).not.toContain('hunter2');
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('data folder in use: by whom, also for the commands that open it', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tradewind-failures-'));
    folders.push(dataDir);
    const log = await openEmbeddedEventLog({ dataDir });
    const processes = [
      ['service', 'ingest'],
      ['dlq', 'list'],
      ['model', 'list'],
    ].map((args) => runCliProcess(args, { DATA_DIR: dataDir }));
    for (const { code, stderr } of await Promise.all(processes)) {
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`DATA_DIR_LOCKED: .*in use by process ${process.pid}.*; stop it`));
    }
    await log.close();
  });
});
