import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices, type Platform } from '@tradewind/runtime';
import { eventually, freePort } from '@tradewind/testing';
import { openRecording } from '../src/replay/open-recording';
import type { ReplayEvent, ReplayItem } from '../src/replay/recording';
import { replay } from '../src/replay/replay';
import { SERVICES } from '../src/services';
import { findProgram } from '../src/stack/shell';
import { openStack, type StackControl } from '../src/stack/stack';
import { workspaceRoot } from '../src/workspace-root';
import { differences } from './differences';
import { assertSettled, observe, type Observed } from './observed';
import { buildOnce, startService, type ServiceProcess } from './service-processes';

const WRITE_KEY = 'equivalence-key';
/** The models are learned from these … */
const EVENTS_BEFORE = 2_000;
/** … and decide while these come. */
const EVENTS_AFTER = 500;
const SETTLING = { timeoutMs: 60_000, intervalMs: 200 };
const INGEST = { INGEST_WRITE_KEYS: `demo:${WRITE_KEY}` };
/** Trained once, when asked to. */
const TRAINER = { TRAINER_CHECK_INTERVAL_MS: '86400000' };

interface Slice {
  readonly items: readonly ReplayItem[];
  readonly events: readonly ReplayEvent[];
}

/** A deployment: where its collector and trainer answer, and what it stands on. */
interface Deployment {
  readonly ingestUrl: string;
  readonly trainerUrl: string;
  readonly platform: Platform;
}

async function readSlice(): Promise<Slice> {
  const recording = openRecording(join(workspaceRoot(), 'data/online-retail/online_retail.csv.br'), 'online-retail');
  const [items, events]: [ReplayItem[], ReplayEvent[]] = [[], []];
  for await (const item of recording.items()) items.push(item);
  for await (const event of recording.events()) {
    events.push(event);
    if (events.length === EVENTS_BEFORE + EVENTS_AFTER) break;
  }
  return { items, events };
}

async function live({ ingestUrl: url, trainerUrl, platform }: Deployment, { items, events }: Slice): Promise<Observed> {
  const settled = (count: number) => eventually(() => assertSettled(platform, count), SETTLING);
  await replay({ url, writeKey: WRITE_KEY, items, events: events.slice(0, EVENTS_BEFORE) });
  await settled(EVENTS_BEFORE);
  const answer = await fetch(`${trainerUrl}/v1/train`, { method: 'POST' });
  if (!answer.ok) throw new Error(`training answered ${answer.status}: ${await answer.text()}`);
  await settled(EVENTS_BEFORE);
  await replay({ url, writeKey: WRITE_KEY, events: events.slice(EVENTS_BEFORE) });
  await settled(events.length);
  return observe(platform);
}

async function liveEmbedded(dataDir: string, slice: Slice): Promise<Observed> {
  const env = { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', ...INGEST, ...TRAINER };
  const running = await runServices(SERVICES, { env });
  try {
    return await live({ ingestUrl: running.url, trainerUrl: running.url, platform: running.platform }, slice);
  } finally {
    await running.close();
  }
}

/** Each service in a process of its own. @returns also how each ended after SIGTERM */
async function liveOnStack(settings: Readonly<Record<string, string>>, dataDir: string, slice: Slice) {
  const processes: ServiceProcess[] = [];
  const urlOf = (name: string) => processes.find((service) => service.name === name)!.url;
  const exitCodes: Record<string, number | null> = {};
  const platform = await openPlatform('test', loadConfig(PLATFORM_SETTINGS, { ...settings, DATA_DIR: dataDir, LOG_LEVEL: 'error' }));
  try {
    const starting = SERVICES.map(async ({ name }) => {
      const own = { ...(name === 'ingest' && INGEST), ...(name === 'trainer' && TRAINER) };
      processes.push(await startService(name, { ...settings, ...own, DATA_DIR: join(dataDir, name) }));
    });
    for (const outcome of await Promise.allSettled(starting)) if (outcome.status === 'rejected') throw outcome.reason;
    const observed = await live({ ingestUrl: urlOf('ingest'), trainerUrl: urlOf('trainer'), platform }, slice);
    const page = await (await fetch(urlOf('gateway'))).text();
    return { observed, exitCodes, page };
  } catch (error) {
    throw new Error(`${String(error)}\n${processes.map((service) => service.said()).join('\n')}`, { cause: error });
  } finally {
    await Promise.all(processes.map(async (service) => (exitCodes[service.name] = await service.stop())));
    await platform.close();
  }
}

/** Kafka is fetched by Maven and needs Java; in CI both must be there. */
const missing = process.env['CI'] === 'true' ? [] : ['java', 'mvn'].filter((program) => findProgram(program) === null);
if (missing.length > 0) process.stderr.write(`skipped: equivalence of embedded and real servers: no ${missing.join(', ')} on the PATH\n`);

(missing.length > 0 ? describe.skip : describe)('five processes on Kafka, Redis and PostgreSQL, and one process without them', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tradewind-equivalence-'));
  const output = { note: () => undefined, progress: () => ({ update: () => undefined, finish: () => undefined }) };
  let stack: StackControl;

  // Ports of its own: another stack on this machine may be starting on the usual ones.
  beforeAll(async () => {
    stack = openStack({ dataDir, docker: false, output });
    await stack.up({ kafka: await freePort(), redis: await freePort(), postgres: await freePort() });
    buildOnce();
  }, 180_000);

  afterAll(async () => {
    await stack.down({ wipe: true });
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('learn, know, decide and list the same from the same replay', async () => {
    const slice = await readSlice();
    const real = await liveOnStack((await stack.status()).settings, dataDir, slice);
    const embedded = await liveEmbedded(join(dataDir, 'embedded'), slice);

    // First that there is something to compare.
    const { models, profiles, memberships, transitions, lists } = embedded;
    expect([...models.keys()]).toEqual(expect.arrayContaining(['customer-clusters', 'item-ranker'])); // predictions want more customers
    for (const { size } of [profiles, memberships, lists]) expect(size).toBeGreaterThan(500);
    const movedLater = [...transitions.values()].filter((told) => told.length > 1).length;
    expect(movedLater).toBeGreaterThan(10);

    const parts = Object.keys(embedded) as (keyof Observed)[];
    const found = parts.map((part) => [part, differences(embedded[part], real.observed[part])]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(parts.map((part) => [part, []])));
    expect(real.page).toContain('<title>Tradewind live</title>');
    expect(real.exitCodes).toEqual({ ingest: 0, segmentation: 0, recommender: 0, trainer: 0, gateway: 0 });
  }, 240_000);
});
