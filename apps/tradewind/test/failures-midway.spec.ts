import { join } from 'node:path';
import { ingest } from '@tradewind/apps/ingest';
import { EVENTS_GROUP, segmentation } from '@tradewind/apps/segmentation';
import { runServices, type RunningServices } from '@tradewind/runtime';
import { eventually, freePort, useTempDir } from '@tradewind/testing';
import { createLocalStack } from '../src/stack/local-stack';
import { findProgram } from '../src/stack/shell';
import type { ServerName } from '../src/stack/server';
import type { Stack } from '../src/stack/stack';
import { lagOf, messageIds, order, sendOrder, settingsOf } from './shop';

const silent = { note: () => undefined, progress: () => ({ update: () => undefined, finish: () => undefined }) };
const ORDERS = 80;
const CUT_AFTER = 40;
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A `describe` for servers of this file's own, which it may kill; without their programs skipped with the reason, in CI a failure. */
function describeOwn(name: string, programs: readonly string[], define: () => void): void {
  const missing = programs.filter((program) => findProgram(program) === null);
  if (missing.length === 0) return describe(name, define);
  if (process.env['CI'] === 'true') throw new Error(`${name}: ${missing.join(', ')} must be on the PATH in CI`);
  process.stderr.write(`skipped: ${name}: ${missing.join(', ')} not on the PATH\n`);
  describe.skip(name, define);
}

interface Started {
  readonly running: RunningServices;
  readonly failures: unknown[];
}

async function start(dataDir: string, servers: Readonly<Record<string, string>> = {}): Promise<Started> {
  const failures: unknown[] = [];
  const env = settingsOf(dataDir, servers);
  return { running: await runServices([ingest, segmentation], { env, onFailure: (error) => failures.push(error) }), failures };
}

async function send(url: string, from: number, to: number): Promise<void> {
  for (const number of numbers(from, to)) expect((await sendOrder(url, number)).status).toBe(200);
}

const handled = ({ running }: Started, timeoutMs = 20_000) =>
  eventually(async () => expect(await lagOf(running.platform.log, EVENTS_GROUP)).toBe(0), { timeoutMs, intervalMs: 100 });

async function readiness(url: string): Promise<[status: number, checks: Record<string, string>]> {
  const response = await fetch(`${url}/readyz`);
  return [response.status, ((await response.json()) as { checks: Record<string, string> }).checks];
}

/** Every record of the state store, byte by byte; message ids of the collector lie beside it in Redis only. */
async function records({ running }: Started): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const page of running.platform.state.scan(''))
    for (const [key, value] of page) if (!key.startsWith('ids:')) found[key] = value.toString('hex');
  return found;
}

let stack: Stack;
let server: ServerName;
const opened: Started[] = [];
// Before the folder's own clean-up: the server is known by its files.
afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map(({ running }) => running.close()));
  await stack.kill(server);
});
const dir = useTempDir();

async function startServer(name: ServerName): Promise<Record<string, string>> {
  stack = createLocalStack(join(dir(), 'stack'), silent);
  server = name;
  const { setting, value } = await stack.start(name, { [name]: await freePort() });
  return { [setting!]: value! };
}

async function startServices(folder: string, servers?: Readonly<Record<string, string>>): Promise<Started> {
  const started = await start(join(dir(), folder), servers);
  opened.push(started);
  return started;
}

describeOwn('Redis away midway', ['redis-server'], () => {
  it('stalls, is not ready, and ends with the records of an undisturbed run, byte by byte', async () => {
    const disturbed = await startServices('disturbed', await startServer('redis'));
    const { url } = disturbed.running;
    await send(url, 0, CUT_AFTER);
    await stack.kill('redis');
    await send(url, CUT_AFTER, ORDERS);

    const [status, checks] = await readiness(url);
    expect([status, checks['state']]).toEqual([503, expect.stringContaining('STATE_UNAVAILABLE')]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/v1/customers/shop:u1`)).status).toBe(503);
    expect(await lagOf(disturbed.running.platform.log, EVENTS_GROUP)).toBeGreaterThan(0);

    await stack.start('redis', {});
    await handled(disturbed, 40_000);
    await eventually(async () => expect(await readiness(url)).toEqual([200, { log: 'ok', state: 'ok', database: 'ok' }]));
    const undisturbed = await startServices('undisturbed');
    await send(undisturbed.running.url, 0, ORDERS);
    await handled(undisturbed);
    // Two services in this thread may keep it from reading an answer in time, which the store reports as retryable.
    const [ours, theirs] = [await eventually(() => records(disturbed)), await eventually(() => records(undisturbed))];
    expect(ours).toEqual(theirs);
    expect(disturbed.failures).toEqual([]);
  }, 90_000);
});

describeOwn('Kafka away midway', ['java', 'mvn'], () => {
  it('answers 503, loses nothing acknowledged, and goes on when the broker is back', async () => {
    const started = await startServices('services', await startServer('kafka'));
    const { url, platform } = started.running;
    await send(url, 0, CUT_AFTER);
    await stack.kill('kafka');

    const refused = await sendOrder(url, CUT_AFTER);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ success: false, error: { code: 'LOG_UNAVAILABLE' } });
    const [status, checks] = await readiness(url);
    expect([status, checks['log']]).toEqual([503, expect.not.stringMatching(/^ok$/)]);

    const restarted = stack.start('kafka', {});
    const retried = { timeoutMs: 60_000, intervalMs: 200 };
    for (const number of numbers(CUT_AFTER, ORDERS)) await eventually(() => send(url, number, number + 1), retried);
    await restarted;
    await handled(started, 60_000);
    const acknowledged = numbers(0, ORDERS).map((number) => order(number).messageId);
    expect(new Set(await messageIds(platform.log))).toEqual(new Set(acknowledged));
    for (const number of numbers(0, 20)) {
      const customer = await (await fetch(`${url}/v1/customers/shop:u${number}`)).json();
      expect(customer).toMatchObject({ features: { orders_count: ORDERS / 20 } });
    }
    await eventually(async () => expect((await readiness(url))[0]).toBe(200));
    expect(started.failures).toEqual([]);
  }, 180_000);
});
