import { MODELS, TOPICS, partitionForKey, type Event } from '@tradewind/contracts';
import { parseManifest } from '@tradewind/inference';
import { SHOP_OPENS_MS, aNovelty, aShop, twoKindsOfCustomers } from '../test/a-shop';
import { clustersAt, makeLive, popularityRanker } from '../test/hand-made-models';
import { announced, put, usePlatforms } from '../test/use-platforms';
import { learn, type Learner } from './learn';
import { train } from './trainer';

const here: Learner = async (task, onProgress) => learn(task, onProgress);
const aPlatform = usePlatforms();
const what = ['segmentation', 'recommender'] as const;

describe('train', () => {
  it('publishes first releases, the same for the same events however their partitions interleave', async () => {
    const events = aShop();
    const byPartition = [...events].sort((a, b) => partitionOf(a) - partitionOf(b));
    const [first, second] = [await aPlatform(), await aPlatform()];
    await put(first, events);
    for (const event of byPartition) await put(second, [event]);
    const [reports, again] = [await train(first, here, { what }), await train(second, here, { what })];

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
      {
        model: 'customer-predictions',
        version: '',
        promoted: false,
        reason: expect.stringContaining('7 days: the log spans 0.0 days, 21 are needed'),
      },
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
    const reports = await train(platform, here, { what });
    expect(reports.map(({ promoted }) => promoted)).toEqual([true, true]);
    expect(reports[1]!.comparison['live']!['ndcg20']).toBe(0);
    for (const { model, version } of reports) expect((await platform.database.releases.live(model))!.version).toBe(version);
    const { segments } = parseManifest((await platform.database.releases.live(MODELS.customerClusters))!.manifest).parameters as {
      segments: { id: string }[];
    };
    expect(segments.map(({ id }) => id)).toEqual(expect.arrayContaining(['orders-1000', 'orders-2000'])); // matched clusters keep their ids

    await platform.database.releases.promote(MODELS.customerClusters, worse);
    const [again] = await train(platform, here, { what: ['segmentation'] });
    expect(again).toMatchObject({ version: reports[0]!.version, promoted: true });
    expect((await platform.database.releases.live(MODELS.customerClusters))!.version).toBe(again!.version);
    expect((await announced(platform)).filter(({ model }) => model === MODELS.customerClusters).at(-1)!.version).toBe(again!.version);
  });

  it('trained again on the same log, changes no live model', async () => {
    const platform = await aPlatform();
    await put(platform, aShop());
    const first = await train(platform, here, { what });
    const second = await train(platform, here, { what });
    expect(second[0]!.version).toBe(first[0]!.version);
    expect(second[1]).toMatchObject({ promoted: false, reason: expect.stringContaining('too little new since the live model') });
    for (const { model, version } of first) expect((await platform.database.releases.live(model))!.version).toBe(version);
  });
});

function partitionOf({ userKey }: Event): number {
  return partitionForKey(Buffer.from(userKey), TOPICS.events.partitions);
}
