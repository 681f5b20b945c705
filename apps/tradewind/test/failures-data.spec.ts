import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS_GROUP, segmentation } from '@tradewind/apps/segmentation';
import { announceRelease } from '@tradewind/apps/trainer';
import { EVENT, MODELS, TOPICS, deadLetterTopic } from '@tradewind/contracts';
import { buildKMeansGraph, packModel, sha256Hex } from '@tradewind/inference';
import { createLogger } from '@tradewind/observability';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices, type Platform, type RunningServices } from '@tradewind/runtime';
import { anOrder, eventually, useTempDir } from '@tradewind/testing';
import { promoteRelease } from '../src/model/releases';
import { runCli } from '../src/cli';
import { lagOf, readAll, settingsOf } from './shop';

const dir = useTempDir();
const EVENTS = TOPICS.events.name;
const LETTERS = deadLetterTopic(TOPICS.events).name;
/** Field 1 of 200 bytes, of which three are there. */
const CORRUPT = Buffer.from([0x0a, 0xc8, 0x01, 1, 2, 3]);

/** Runs a command in this process, over the embedded stores of `dir`. @returns its one JSON object */
async function cli(...args: string[]): Promise<Record<string, unknown>> {
  const written = { out: '', err: '' };
  const terminal = {
    stdout: { write: (text: string) => void (written.out += text) },
    stderr: { write: (text: string) => void (written.err += text) },
  };
  const code = await runCli([...args, '--data-dir', dir(), '--json'], terminal);
  if (code !== 0) throw new Error(`${args.join(' ')} exited ${code}: ${written.err}`);
  return JSON.parse(written.out) as Record<string, unknown>;
}

// The run's real servers are not for these tests.
const SERVERS = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'] as const;
const kept = SERVERS.map((name) => process.env[name]);
beforeAll(() => SERVERS.forEach((name) => (process.env[name] = '')));
afterAll(() => SERVERS.forEach((name, i) => (kept[i] === undefined ? delete process.env[name] : (process.env[name] = kept[i]))));

async function withServices<T>(work: (running: RunningServices) => Promise<T>): Promise<T> {
  const running = await runServices([segmentation], { env: settingsOf(dir()) });
  try {
    return await work(running);
  } finally {
    await running.close();
  }
}

const handled = (running: RunningServices) => eventually(async () => expect(await lagOf(running.platform.log, EVENTS_GROUP)).toBe(0));
const customer = async (url: string) =>
  (await (await fetch(`${url}/v1/customers/shop:user-1`)).json()) as { features: { orders_count: number } };

describe('corrupt protobuf on clickstream.events.v1', () => {
  it('goes to the dead letters with its bytes untouched, while the events around it are handled', async () => {
    await withServices(async (running) => {
      const { log } = running.platform;
      const good = () => ({ topic: EVENTS, key: 'shop:user-1', value: EVENT.encode(anOrder([['p', 1, 100]])) });
      await log.publish([good(), { topic: EVENTS, key: 'shop:user-1', value: CORRUPT, headers: { trace: 'abc' } }, good()]);
      await handled(running);
      expect((await customer(running.url)).features.orders_count).toBe(2);
      const [letter, ...others] = await readAll(log, LETTERS);
      expect(others).toEqual([]);
      expect([letter!.key?.toString(), letter!.value, letter!.headers['trace']?.toString()]).toEqual(['shop:user-1', CORRUPT, 'abc']);
      expect(await (await fetch(`${running.url}/metrics`)).text()).toMatch(/tradewind_\w*dead_letter\w*\{[^}]*RECORD_CORRUPT[^}]*\} 1/);
    });

    expect(await cli('dlq', 'list')).toEqual({
      topics: [expect.objectContaining({ topic: LETTERS, letters: 1, byCode: { RECORD_CORRUPT: 1 }, byService: { [EVENTS_GROUP]: 1 } })],
    });
    expect(await cli('dlq', 'show', EVENTS)).toMatchObject({
      letters: [{ code: 'RECORD_CORRUPT', attempts: 1, key: 'shop:user-1', bytes: 6, decoded: null, head: CORRUPT.toString('hex') }],
    });
    expect(await cli('dlq', 'replay', EVENTS, '--dry-run')).toMatchObject({ replayed: 1, dryRun: true });
    expect(await cli('dlq', 'replay', EVENTS)).toMatchObject({ replayed: 1, to: { [EVENTS]: 1 } });
    expect(await cli('dlq', 'replay', EVENTS)).toMatchObject({ replayed: 0, skipped: { replayedBefore: 1 } });

    await withServices(async (running) => {
      await handled(running);
      const letters = await readAll(running.platform.log, LETTERS);
      expect(letters.map(({ value, headers }) => [value, headers['tw_dlq_attempts']?.toString(), headers['trace']?.toString()])).toEqual([
        [CORRUPT, '1', 'abc'],
        [CORRUPT, '2', 'abc'],
      ]);
    });
  });
});

describe('a damaged file of the embedded state store', () => {
  it('stops the start, and the state is rebuilt by reading the log again', async () => {
    await withServices(async (running) => {
      const value = EVENT.encode(anOrder([['p', 1, 100]]));
      await running.platform.log.publish([{ topic: EVENTS, key: 'shop:user-1', value }]);
      await handled(running);
    });
    writeFileSync(join(dir(), 'state', 'state.snapshot'), 'damaged');
    const failing = withServices(async () => undefined);
    await expect(failing).rejects.toMatchObject({ code: 'STATE_CORRUPT', message: expect.stringContaining('docs/failures.md') });

    // As docs/failures.md says.
    rmSync(join(dir(), 'state'), { recursive: true });
    rmSync(join(dir(), 'log-groups.jsonl'));
    await withServices(async (running) => {
      await handled(running);
      expect((await customer(running.url)).features.orders_count).toBe(1);
    });
  });
});

function clusterModel(version: string) {
  const scaling = [{ mean: 2, std: 1, log: false }];
  const graph = buildKMeansGraph({ columns: scaling, centroids: [[-1], [1]] });
  const parameters = {
    columns: ['orders_count'],
    scaling,
    centroids: [[-1], [1]],
    segments: [1, 2].map((id) => ({ id: `${id}`, name: `segment ${id}` })),
  };
  return packModel({
    graph,
    fields: {
      model: MODELS.customerClusters,
      version,
      trainedFromMs: 0,
      trainedUntilMs: 0,
      metrics: {},
      licence: 'Apache-2.0',
      parameters,
    },
  });
}

async function release({ database, log }: Platform, packed: ReturnType<typeof clusterModel>): Promise<void> {
  const { manifest, bytes } = packed;
  const { model, version, sha256 } = manifest;
  await database.releases.publish({ model, version, sha256, manifest, stage: 'live', releasedAtMs: Number(version) }, bytes);
  await announceRelease(manifest, Number(version), log);
}

/** A platform whose log lines are kept, and whose artefact of a release can be cut short. */
async function openWatched() {
  const platform = await openPlatform('test', loadConfig(PLATFORM_SETTINGS, settingsOf(dir())));
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    service: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const cut = new Set<string>();
  const { releases } = platform.database;
  const artefact = async (sha256: string) => {
    const bytes = await releases.artefact(sha256);
    return cut.has(sha256) ? bytes.subarray(0, bytes.length / 2) : bytes;
  };
  const database = { ...platform.database, releases: Object.assign(Object.create(releases) as typeof releases, { artefact }) };
  return { lines, cut, platform: { ...platform, logger, database } satisfies Platform };
}

describe('truncated model file', () => {
  const good = clusterModel('1');
  const bytes = good.bytes.subarray(0, good.bytes.length / 2);

  it.each([
    ['packed so', 'MODEL_CORRUPT', { bytes, manifest: { ...good.manifest, version: '2', sha256: sha256Hex(bytes) } }, false],
    ['damaged in the database', 'MODEL_CHECKSUM_MISMATCH', { ...clusterModel('2') }, true],
  ])('%s: the former model stays live, counted and logged', async (_title, code, bad, isCut) => {
    const { platform, lines, cut } = await openWatched();
    await release(platform, good);
    const running = await runServices([segmentation], { platform, env: settingsOf(dir()) });
    try {
      // One graph, one hash: the first load needs it whole.
      if (isCut) cut.add(bad.manifest.sha256);
      await release(platform, bad);
      await eventually(async () =>
        expect(await platform.metrics.text()).toMatch(/tradewind_model_load_failures_total\{[^}]*model="customer-clusters"[^}]*\} 1/),
      );
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 'error',
          message: 'release not loaded, the former model stays',
          error: expect.stringContaining(code),
        }),
      );
      await platform.log.publish([{ topic: EVENTS, key: 'shop:user-1', value: EVENT.encode(anOrder([['p', 1, 100]])) }]);
      await handled(running);
      expect(await customer(running.url)).toMatchObject({ segment: { id: '1', modelVersion: '1' } });
      await expect(promoteRelease(platform, MODELS.customerClusters, '2')).rejects.toMatchObject({ code });
    } finally {
      await running.close();
    }
  });
});
