import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODELS, RELEASE, TOPICS, partitionForKey, type Event, type Release } from '@tradewind/contracts';
import { buildItemRankerGraph, buildKMeansGraph, packModel, parseManifest, type OnnxGraph } from '@tradewind/inference';
import { DEFAULT_HYBRID_SETTINGS } from '@tradewind/learning';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices, type Platform } from '@tradewind/runtime';
import { anEventRecord, anOrder, eventually } from '@tradewind/testing';
import { SHOP_OPENS_MS, aShop } from '../test/a-shop';
import { trainer } from './app.module';
import { learn, type Learner } from './learn';
import { CLUSTER_COLUMNS } from './learn-clusters';
import { publishRelease } from './publish';
import { TrainingSchedule, train } from './trainer';

const DAY_MS = 86_400_000;
const here: Learner = async (task, onProgress) => learn(task, onProgress);
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function aPlatform(): Promise<Platform> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
  open.push(() => rm(dataDir, { recursive: true, force: true }));
  const platform = await openPlatform('test', loadConfig(PLATFORM_SETTINGS, { DATA_DIR: dataDir, LOG_LEVEL: 'silent' }));
  open.push(() => platform.close());
  return platform;
}

const put = (platform: Platform, events: readonly Event[]) => platform.log.publish(events.map(anEventRecord));

async function announced({ log }: Platform): Promise<Release[]> {
  const releases: Release[] = [];
  for await (const records of log.read(TOPICS.modelReleases.name)) releases.push(...records.map(({ value }) => RELEASE.decode(value)));
  return releases;
}

interface HandMade {
  readonly model: string;
  readonly graph: OnnxGraph;
  readonly trainedUntilMs: number;
  readonly parameters: Record<string, unknown>;
}

async function makeLive(platform: Platform, { model, graph, trainedUntilMs, parameters }: HandMade): Promise<string> {
  const version = `hand-made-${model}`;
  const fields = { model, version, trainedFromMs: 0, trainedUntilMs, metrics: {}, licence: 'Apache-2.0', parameters };
  await publishRelease(packModel({ graph, fields }), 'live', platform);
  return version;
}

/** A live ranker that lists by `popularity` alone. */
function popularityRanker(popularity: Readonly<Record<string, number>>, trainedUntilMs: number): HandMade {
  const items = Object.keys(popularity);
  const graph = buildItemRankerGraph({
    itemCount: items.length,
    weights: new Float32Array(items.length ** 2),
    popularity: Float32Array.from(Object.values(popularity)),
    popularityWeight: 1,
  });
  return { model: MODELS.itemRanker, graph, trainedUntilMs, parameters: { items, halfLifeMs: null, settings: DEFAULT_HYBRID_SETTINGS } };
}

/** Live clusters at these numbers of orders; no other column counts. */
function clustersAt(...orders: number[]): HandMade {
  const unused = { mean: 0, std: 1e9, log: false };
  const scaling = CLUSTER_COLUMNS.map((column) => (column === 'orders_count' ? { mean: 0, std: 10, log: false } : unused));
  const centroids = orders.map((count) => CLUSTER_COLUMNS.map((column) => (column === 'orders_count' ? count / 10 : 0)));
  const segments = orders.map((count) => ({ id: `orders-${count}`, name: `${count} orders` }));
  const parameters = { columns: CLUSTER_COLUMNS, scaling, centroids, segments };
  return { model: MODELS.customerClusters, graph: buildKMeansGraph({ columns: scaling, centroids }), trainedUntilMs: 0, parameters };
}

/** Customers of two kinds and nothing between: four clusters or more part what belongs together. */
function twoKindsOfCustomers(): Event[] {
  const one = (userId: string, order: number, day: number, priceMinor: number) => {
    const ids = { userId, userKey: `shop:${userId}`, messageId: `${userId}-${order}`, orderId: `${userId}-${order}` };
    return anOrder([['cup', 1, priceMinor]], { ...ids, occurredAtMs: SHOP_OPENS_MS + day * DAY_MS });
  };
  return Array.from({ length: 120 }, (_, i) =>
    i % 2 === 0
      ? [one(`u${i}`, 0, 1, 100 + (i % 7))]
      : Array.from({ length: 10 }, (__, order) => one(`u${i}`, order, 80 + order, 9_000 + (i % 7))),
  ).flat();
}

/** On the shop's last days, 60 customers buy an item that nobody had bought before. */
function aNovelty(): Event[] {
  return Array.from({ length: 60 }, (_, i) => {
    const ids = { userId: `user-${i}`, userKey: `shop:user-${i}`, messageId: `novelty-${i}`, orderId: `novelty-${i}` };
    return anOrder([['novelty', 1, 500]], { ...ids, occurredAtMs: SHOP_OPENS_MS + (99 + i / 100) * DAY_MS });
  });
}

describe('train', () => {
  it('publishes first releases, the same for the same events however their partitions interleave', async () => {
    const events = aShop();
    const byPartition = [...events].sort((a, b) => partitionOf(a) - partitionOf(b));
    const [first, second] = [await aPlatform(), await aPlatform()];
    await put(first, events);
    for (const event of byPartition) await put(second, [event]);
    const [reports, again] = [await train(first, here), await train(second, here)];

    expect(again).toEqual(reports);
    expect(reports.map(({ model, promoted, reason }) => [model, promoted, reason])).toEqual([
      ['customer-clusters', true, 'the first release'],
      ['item-ranker', true, 'the first release'],
    ]);
    for (const { model, version } of reports) {
      expect(version).toMatch(/^20240409T\d{6}-[0-9a-f]{8}$/); // the last order of the 100 days
      const live = (await first.database.releases.live(model))!;
      expect(live).toMatchObject({ version, sha256: (await second.database.releases.live(model))!.sha256 });
      expect((await announced(first)).filter((release) => release.model === model)).toMatchObject([{ version, sha256: live.sha256 }]);
      expect(parseManifest(live.manifest).trainedUntilMs).toBe(events.at(-1)!.occurredAtMs);
    }
    const { metrics, comparison } = reports[1]!;
    expect(metrics['ndcg20']).toBeGreaterThan(comparison['popularity']!['ndcg20']!); // it tells the tastes apart
  });

  it('says how much is missing when there is too little data, and publishes nothing', async () => {
    const platform = await aPlatform();
    expect(await train(platform, here)).toMatchObject([
      { model: 'customer-clusters', version: '', promoted: false, reason: '0 customers with an order, 100 are needed' },
      { model: 'item-ranker', version: '', promoted: false, reason: '0 items were bought by 5 customers or more' },
    ]);
    await put(platform, aShop({ customers: 8 }));
    const [clusters] = await train(platform, here, { what: ['segmentation'] });
    expect(clusters!.reason).toBe('8 customers with an order, 100 are needed');
    expect(await announced(platform)).toEqual([]);
  });

  it('keeps what is worse than the live model as a shadow', async () => {
    const platform = await aPlatform();
    const clusters = await makeLive(platform, clustersAt(1, 10));
    // Knows the future: what will be new on the last days.
    const ranker = await makeLive(platform, popularityRanker({ novelty: 9, a1: 1 }, SHOP_OPENS_MS));
    await put(platform, twoKindsOfCustomers());
    const [clustering] = await train(platform, here, { what: ['segmentation'] });
    await put(platform, [...aShop(), ...aNovelty()]);
    const [ranking] = await train(platform, here, { what: ['recommender'] });

    expect(clustering).toMatchObject({ promoted: false, reason: expect.stringMatching(/silhouette 0\.\d+ against 0\.\d+ of the live/) });
    expect(ranking).toMatchObject({ promoted: false, reason: expect.stringMatching(/NDCG@20 .* against .* over \d+ users/) });
    for (const [report, live] of [
      [clustering!, clusters],
      [ranking!, ranker],
    ] as const) {
      // prettier-ignore
      expect((await platform.database.releases.live(report.model))!.version).toBe(live);
      const rows = await platform.database.releases.list(report.model);
      expect(rows.map(({ version, stage }) => [version, stage])).toContainEqual([report.version, 'shadow']);
    }
    expect((await announced(platform)).map(({ version }) => version).sort()).toEqual([clusters, ranker].sort());
  });

  it('makes live what is better, once more after a rollback too', async () => {
    const platform = await aPlatform();
    const worse = await makeLive(platform, clustersAt(1000, 2000)); // everyone in one
    await makeLive(platform, popularityRanker({ dust: 2, lint: 1 }, SHOP_OPENS_MS));
    await put(platform, aShop());
    const reports = await train(platform, here);
    expect(reports.map(({ promoted }) => promoted)).toEqual([true, true]);
    expect(reports[1]!.comparison['live']!['ndcg20']).toBe(0);
    for (const { model, version } of reports) expect((await platform.database.releases.live(model))!.version).toBe(version);

    await platform.database.releases.promote(MODELS.customerClusters, worse);
    const [again] = await train(platform, here, { what: ['segmentation'] });
    expect(again).toMatchObject({ version: reports[0]!.version, promoted: true });
    expect((await platform.database.releases.live(MODELS.customerClusters))!.version).toBe(again!.version);
    expect((await announced(platform)).filter(({ model }) => model === MODELS.customerClusters).at(-1)!.version).toBe(again!.version);
  });

  it('trained again on the same log, changes no live model', async () => {
    const platform = await aPlatform();
    await put(platform, aShop());
    const first = await train(platform, here);
    const second = await train(platform, here);
    expect(second[0]!.version).toBe(first[0]!.version);
    expect(second[1]).toMatchObject({ promoted: false, reason: expect.stringContaining('too little new since the live model') });
    for (const { model, version } of first) expect((await platform.database.releases.live(model))!.version).toBe(version);
  });
});

describe('the training schedule', () => {
  it('trains at the threshold, not again without growth, and again with it', async () => {
    const platform = await aPlatform();
    const looks = jest.spyOn(platform.log, 'watermarks');
    const tasks: string[] = [];
    let broken = true;
    const learner: Learner = async (task) => {
      tasks.push(task.kind);
      if (broken) throw new Error('the learner is broken');
      return learn(task);
    };
    const schedule = new TrainingSchedule({ platform, learner, firstAfterEvents: 500, growthPercent: 50, checkIntervalMs: 10 });
    const [before, after] = [aShop(), aShop({ fromDay: 100, seed: 2 })];
    const severalLooks = async () => {
      const since = looks.mock.calls.length;
      await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(since + 3));
    };
    schedule.start();
    try {
      await put(platform, before.slice(0, 499));
      await severalLooks();
      expect(tasks).toEqual([]);

      await put(platform, before.slice(499));
      await eventually(() => expect(tasks.length).toBeGreaterThan(1)); // a training that failed is tried again
      broken = false;
      await eventually(async () => expect(await announced(platform)).toHaveLength(2), { timeoutMs: 20_000 });
      const trained = tasks.length;
      await severalLooks();
      expect(tasks).toHaveLength(trained);

      await put(platform, after.slice(0, Math.ceil(before.length / 2)));
      await eventually(() => expect(tasks).toHaveLength(trained + 2), { timeoutMs: 20_000 });
    } finally {
      await schedule.stop();
    }
  });

  it('goes on after a restart where the live release was trained', async () => {
    const platform = await aPlatform();
    await put(platform, aShop());
    await train(platform, here);
    const looks = jest.spyOn(platform.log, 'watermarks');
    const learner: Learner = () => Promise.reject(new Error('nothing is due'));
    const errors = jest.spyOn(platform.logger, 'error');
    const schedule = new TrainingSchedule({ platform, learner, firstAfterEvents: 1, growthPercent: 50, checkIntervalMs: 10 });
    schedule.start();
    await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(3));
    await schedule.stop();
    expect(errors).not.toHaveBeenCalled();
  });
});

describe('POST /v1/train', () => {
  it('trains what it is asked to and answers with the reports', async () => {
    const platform = await aPlatform();
    await put(platform, aShop());
    const running = await runServices([trainer], { platform, env: { PORT: '0', TRAINER_CHECK_INTERVAL_MS: '86400000' } });
    open.push(() => running.close());
    const post = async (query: string) => {
      const answer = await fetch(`${running.url}/v1/train${query}`, { method: 'POST' });
      return { status: answer.status, body: (await answer.json()) as unknown };
    };
    expect(await post('?what=weather')).toMatchObject({ status: 400, body: { error: { code: 'EVENT_INVALID' } } });
    expect(await post('?what=recommender')).toMatchObject({ status: 201, body: [{ model: 'item-ranker', promoted: true }] });
    expect(await post('')).toMatchObject({ status: 201, body: [{ model: 'customer-clusters' }, { model: 'item-ranker' }] });
  });
});

function partitionOf({ userKey }: Event): number {
  return partitionForKey(Buffer.from(userKey), TOPICS.events.partitions);
}
