import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { segmentation } from '@tradewind/apps/segmentation';
import { trainer, type PredictionReport, type TrainingReport } from '@tradewind/apps/trainer';
import { MODELS, userKey } from '@tradewind/contracts';
import { parseManifest } from '@tradewind/inference';
import { runServices, type RunningServices } from '@tradewind/runtime';
import { aLivelyShop, aReleaseRecord, anEventRecord, anOrder, eventually } from '@tradewind/testing';

interface Explained {
  readonly score: number;
  readonly expected: number;
  readonly contributions: readonly { readonly feature: string; readonly value: number; readonly contribution: number }[];
}

interface Expected {
  readonly value: number;
  readonly percentile: number | null;
  readonly explanation: Explained | null;
}

interface View {
  readonly userKey: string;
  readonly modelVersion: string;
  readonly asOfMs: number;
  readonly alive: number;
  readonly nextOrderAtMs: number;
  readonly horizons: readonly {
    readonly days: number;
    readonly purchase: { readonly probability: number; readonly percentile: number | null } & Explained;
    readonly churn: { readonly probability: number; readonly percentile: number | null; readonly risk: string };
    readonly orders: Expected;
    readonly valueMinor: Expected | null;
  }[];
  readonly whatIf: readonly {
    readonly change: string;
    readonly probabilities: readonly { readonly days: number; readonly probability: number }[];
  }[];
  readonly ordersToTopFifth: readonly { readonly days: number; readonly orders: number | null }[];
}

const EVENTS = aLivelyShop({ customers: 800, groups: true });
const KEYS = Array.from({ length: 800 }, (_, i) => userKey('shop', `user-${i}`));

describe('predictions, from the log over training and release to the answers', () => {
  let dataDir: string;
  let running: RunningServices;
  let version: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
    const env = {
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'silent',
      SEGMENTATION_CLOCK: 'events',
      TRAINER_CHECK_INTERVAL_MS: '86400000',
      TRAINER_SENSITIVE_TRAITS: 'group',
    };
    running = await runServices([segmentation, trainer], { env });
    expect(await get('/v1/predictions')).toMatchObject({ status: 404, body: { error: { code: 'MODEL_NOT_FOUND' } } });
    await running.platform.log.publish(EVENTS.map(anEventRecord));
    await fetch(`${running.url}/v1/train?what=segmentation`, { method: 'POST' });
    const answer = await fetch(`${running.url}/v1/train?what=predictions`, { method: 'POST' });
    const [report] = (await answer.json()) as TrainingReport[];
    expect(report).toMatchObject({ promoted: true });
    version = report!.version;
    await eventually(async () => expect((await view(KEYS[0]!)).horizons[0]!.purchase.percentile).not.toBeNull(), { timeoutMs: 30_000 });
  }, 120_000);

  afterAll(async () => {
    await running.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function get<T>(path: string): Promise<{ status: number; body: T }> {
    const answer = await fetch(new URL(path, running.url));
    return { status: answer.status, body: (await answer.json()) as T };
  }

  async function view(key: string): Promise<View> {
    const { status, body } = await get<View>(`/v1/customers/${key}/predictions`);
    expect(status).toBe(200);
    return body;
  }

  it('explains each by contributions that sum to the score', async () => {
    for (const key of KEYS.slice(0, 25)) {
      const { horizons, modelVersion } = await view(key);
      expect(modelVersion).toBe(version);
      for (const { purchase, churn, orders, valueMinor } of horizons) {
        expect(purchase.probability).toBeCloseTo(1 / (1 + Math.exp(-purchase.score)), 12);
        expect(churn.probability).toBeCloseTo(1 - purchase.probability, 12);
        for (const explained of [purchase, orders.explanation, valueMinor?.explanation]) {
          if (!explained) continue;
          const sum = explained.contributions.reduce((total, { contribution }) => total + contribution, explained.expected);
          expect(Math.abs(sum - explained.score)).toBeLessThan(1e-6 * Math.max(1, Math.abs(sum)));
        }
        expect(orders.value).toBeGreaterThanOrEqual(0);
        expect(valueMinor!.value).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('ranks customers by percentiles, and says what would change them', async () => {
    const views = await Promise.all(KEYS.slice(0, 60).map(view));
    const sorted = views.map(({ horizons }) => horizons[1]!.purchase).sort((a, b) => a.probability - b.probability);
    sorted.forEach(({ percentile }, at) => expect(percentile!).toBeGreaterThanOrEqual(sorted[at - 1]?.percentile ?? 0));
    expect(sorted.at(-1)!.percentile! - sorted[0]!.percentile!).toBeGreaterThan(0.5);
    const likely = views.find(({ alive, horizons }) => alive > 0.9 && horizons[1]!.purchase.percentile! < 0.7)!;
    const after = (change: string) => likely.whatIf.find((one) => one.change === change)!.probabilities[1]!.probability;
    expect(after('90 more days of silence')).toBeLessThan(likely.horizons[1]!.purchase.probability);
    for (const { ordersToTopFifth, horizons } of views) {
      ordersToTopFifth.forEach(({ orders }, at) => {
        const { percentile } = horizons[at]!.purchase;
        if (Math.abs(percentile! - 0.8) > 0.05) expect(percentile! > 0.8).toBe(orders === 0);
      });
    }
  });

  it('follows events: who orders is likelier to order, and stands elsewhere', async () => {
    const key = KEYS.find((_, i) => i > 100)!;
    const before = await view(key);
    const orders = [1, 2, 3].map((day) =>
      anOrder([['cup', 1, 900]], { userId: key.slice(5), userKey: key, occurredAtMs: before.asOfMs + day * 86_400_000 }),
    );
    await running.platform.log.publish(orders.map(anEventRecord));
    await eventually(async () => {
      const now = await view(key);
      expect(now.asOfMs).toBe(orders[2]!.occurredAtMs);
      expect(now.alive).not.toBe(before.alive);
    });
  });

  it('shows how good they are, with calibration and deciles, and the comparison of declared groups', async () => {
    const { body } = await get<{ version: string; metrics: Record<string, number>; report: PredictionReport }>('/v1/predictions');
    expect(body.version).toBe(version);
    expect(body.metrics['auc_30d']).toBeGreaterThan(0.6);
    expect(body.report.horizons[0]!.deciles).toHaveLength(10);
    const fairness = await get<{ enabled: boolean; attributes: PredictionReport['fairness'] }>('/v1/fairness');
    expect(fairness.body).toMatchObject({ enabled: true, attributes: [{ attribute: 'group' }] });
    expect(fairness.body.attributes[0]!.predictions[0]!.comparison.groups.map(({ group }) => group)).toEqual(['A', 'B']);
  });

  it('finds who is like the members of a cluster, and says why', async () => {
    const { body: segments } = await get<{ segmentId: string; members: number }[]>('/v1/segments');
    const { segmentId } = segments.find(({ members }) => members > 40 && members < 400)!;
    const { status, body } = await get<{
      members: number;
      auc: number;
      lookalikes: { userKey: string; probability: number; because: unknown[] }[];
    }>(`/v1/segments/${segmentId}/lookalikes?limit=15`);
    expect(status).toBe(200);
    expect(body.lookalikes).toHaveLength(15);
    expect(body.auc).toBeGreaterThan(0.8);
    const { body: members } = await get<{ userKey: string }[]>(`/v1/segments/${segmentId}/members?limit=10000`);
    const keys = new Set(members.map((member) => member.userKey));
    for (const one of body.lookalikes) {
      expect(keys.has(one.userKey)).toBe(false);
      expect(one.because.length).toBeGreaterThan(0);
    }
    expect(await get('/v1/segments/none/lookalikes')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(await get(`/v1/segments/${segmentId}/lookalikes?limit=0`)).toMatchObject({
      status: 400,
      body: { error: { code: 'EVENT_INVALID' } },
    });
  });

  it('keep the former release when the next one is corrupt', async () => {
    const { log, database } = running.platform;
    const failures = async () => {
      const text = await (await fetch(`${running.url}/metrics`)).text();
      return Number(/^tradewind_model_load_failures_total\{[^}]*customer-predictions[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    const before = await failures();
    const live = (await database.releases.live(MODELS.customerPredictions))!;
    const manifest = parseManifest(live.manifest);
    const corrupt = { ...manifest, version: 'corrupt', parameters: { ...manifest.parameters, model: 'bm9uZQ==' } };
    const bytes = await database.releases.artefact(live.sha256);
    await database.releases.publish({ ...live, version: 'corrupt', stage: 'live', manifest: corrupt }, bytes);
    await log.publish([aReleaseRecord(corrupt)]);
    await eventually(async () => expect(await failures()).toBe(before + 1));
    expect((await view(KEYS[3]!)).modelVersion).toBe(version);
  });

  it('says who cannot be predicted', async () => {
    expect(await get('/v1/customers/shop:nobody/predictions')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  });
});
