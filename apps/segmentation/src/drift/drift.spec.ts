import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertLevel, DRIFT_ALERT, MODELS, TOPICS, userKey, type DriftAlert } from '@tradewind/contracts';
import { MemoryStateStore, createFeatureStore, type FeatureStore, type PositionedEvent } from '@tradewind/feature-store';
import { createRandom, fitDistribution } from '@tradewind/learning';
import { runServices } from '@tradewind/runtime';
import { aReleaseRecord, anEventRecord, anOrder, eventually, uniqueName } from '@tradewind/testing';
import fc from 'fast-check';
import { packClusters } from '../../test/a-cluster-model';
import { segmentation } from '../app.module';
import { CUSTOMER, SEGMENT } from '../features';
import { baselineOf, type Baseline } from './baseline';
import { alertsOf, worstOf, type DriftReport } from './drift-alerts';
import { measureDrift } from './measure-drift';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2024, 5, 1);
const COLUMNS = ['recency_days', 'orders_count', 'monetary_minor', 'average_order_minor', 'refund_ratio'];
const THRESHOLDS = { warning: 0.1, alarm: 0.25 };

interface Shop {
  readonly seed: number;
  readonly customers: number;
  /** What everyone's orders are worth, against the usual. */
  readonly factor?: number;
  /** Days before now of the last orders. @default 0 to 60 */
  readonly ageDays?: number;
}

/** Customers with one to six orders of some value within two months. */
function ordersOf({ seed, customers, factor = 1, ageDays = 0 }: Shop): PositionedEvent[] {
  const random = createRandom(seed);
  const events = Array.from({ length: customers }, (_, i) => {
    const userId = `${seed}-${i}`;
    const level = factor * Math.exp(7 + random.normal());
    return Array.from({ length: 1 + random.integer(6) }, () =>
      anOrder([['cup', 1, Math.round(level * (0.5 + random.uniform()))]], {
        userId,
        userKey: userKey('shop', userId),
        occurredAtMs: NOW_MS - (ageDays + 60 * random.uniform()) * DAY_MS,
      }),
    );
  });
  return events.flat().map((event, offset) => ({ event, position: { topic: 'events', partition: 0, offset } }));
}

async function storeOf(shop: Shop): Promise<FeatureStore> {
  const features = createFeatureStore({ store: new MemoryStateStore(), features: CUSTOMER, prefix: '' });
  const { persist } = await features.apply(ordersOf(shop), { vectors: false });
  await persist();
  return features;
}

async function trainedOn(shop: Shop, windowDays: number | null = null): Promise<Baseline> {
  const rows: Float32Array[] = [];
  for await (const page of (await storeOf(shop)).scan()) {
    for (const state of page) {
      const row = new Float32Array(CUSTOMER.columns.length);
      CUSTOMER.vector(state, NOW_MS, row);
      if (windowDays === null || state.lastEventAtMs > NOW_MS - windowDays * DAY_MS) rows.push(row);
    }
  }
  const columns = COLUMNS.map((name) => ({ name, ...fitDistribution(rows.map((row) => row[CUSTOMER.columns.indexOf(name)]!)) }));
  return { windowDays, customers: rows.length, columns };
}

async function measure(shop: Shop, baseline: Baseline, before: DriftReport | null = null, nowMs = NOW_MS) {
  const found = await measureDrift({ features: await storeOf(shop), baseline, thresholds: THRESHOLDS, nowMs });
  const plain = { model: MODELS.customerClusters, modelVersion: 'v1', measuredAtMs: nowMs, asOfMs: nowMs, thresholds: THRESHOLDS };
  const report: DriftReport = { ...plain, ...found, level: worstOf(found) };
  const alerts = alertsOf(report, before).map(({ value }) => DRIFT_ALERT.decode(value as Buffer));
  return { report, alerts };
}

const levels = (alerts: readonly DriftAlert[]) => alerts.map(({ feature, level }) => `${feature} ${AlertLevel[level]!.slice(12)}`).sort();

describe('drift', () => {
  it('is not told of customers like those of the training, and is of others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 30 }),
        fc.integer({ min: 150, max: 900 }),
        fc.integer({ min: 150, max: 900 }),
        async (seed, trained, served) => {
          const baseline = await trainedOn({ seed, customers: trained });
          const same = await measure({ seed: seed + 1, customers: served }, baseline);
          expect(same.alerts).toEqual([]);
          expect(same.report).toMatchObject({ level: 'none', customers: served, windowMs: null });
          const richer = await measure({ seed: seed + 2, customers: served, factor: 6 }, baseline);
          expect(levels(richer.alerts)).toEqual(['average_order_minor ALARM', 'monetary_minor ALARM']);
          expect(richer.report.features[0]).toMatchObject({ level: 'alarm' });
          const older = await measure({ seed: seed + 3, customers: served, ageDays: 90 }, baseline);
          expect(levels(older.alerts)).toEqual(['recency_days ALARM']);
        },
      ),
      { numRuns: 5 },
    );
  }, 120_000);

  it('is told once for a release, again when it is worse or of another release', async () => {
    const baseline = await trainedOn({ seed: 1, customers: 800 });
    const some = await measure({ seed: 2, customers: 800, factor: 1.6 }, baseline);
    expect(levels(some.alerts)).toEqual(['average_order_minor WARNING', 'monetary_minor WARNING']);
    expect((await measure({ seed: 3, customers: 800, factor: 1.6 }, baseline, some.report)).alerts).toEqual([]);
    const worse = await measure({ seed: 4, customers: 800, factor: 5 }, baseline, some.report);
    expect(levels(worse.alerts)).toEqual(['average_order_minor ALARM', 'monetary_minor ALARM']);
    const { alertId, ...alert } = worse.alerts[0]!;
    expect(alert).toMatchObject({ kind: 'feature', model: 'customer-clusters', modelVersion: 'v1', threshold: 0.25, customers: 800 });
    expect(alert.expectedShares).toHaveLength(alert.edges.length + 1);
    expect((await measure({ seed: 4, customers: 800, factor: 5 }, baseline, some.report)).alerts[0]!.alertId).toBe(alertId);
    expect((await measure({ seed: 5, customers: 800, factor: 5 }, baseline, { ...worse.report, modelVersion: 'v0' })).alerts).toHaveLength(
      2,
    );
  });

  it('compares who was active in the window of the training, and says nothing of few', async () => {
    const baseline = await trainedOn({ seed: 6, customers: 900 }, 30);
    const found = await measure({ seed: 7, customers: 900 }, baseline);
    expect(found.report).toMatchObject({ level: 'none', windowMs: 30 * DAY_MS });
    expect(found.report.customers).toBeLessThan(900);
    const few = await measure({ seed: 8, customers: 99, factor: 9 }, baseline);
    expect(few.report).toMatchObject({ features: [], level: 'none' });
  });

  it('tells when many who had a segment are in another one', async () => {
    const baseline = await trainedOn({ seed: 9, customers: 400 });
    const features = await storeOf({ seed: 10, customers: 400, ageDays: 60 });
    const states = (await Promise.all(Array.from({ length: 400 }, (_, i) => features.get(userKey('shop', `10-${i}`))))).map(
      (state) => state!,
    );
    states.forEach((state, i) => {
      const sinceMs = NOW_MS - (i % 4 === 0 ? 1 : 50) * DAY_MS;
      Object.assign(state.of(SEGMENT), { segmentId: 'a', segmentName: 'A', modelVersion: 'v1', sinceMs });
    });
    await features.save(states);
    const { moved } = await measureDrift({ features, baseline, thresholds: THRESHOLDS, nowMs: NOW_MS });
    expect(moved).toEqual({ customers: 400, ratio: 0.25, level: 'alarm', windowMs: 30 * DAY_MS });
  });

  it('takes a release without a baseline, or with one that cannot be used, for unwatched', () => {
    const { manifest } = packClusters({ version: 'v1' });
    const column = { name: 'orders_count', edges: [1], shares: [0.5, 0.5] };
    const given = (baseline: unknown) => baselineOf({ ...manifest, parameters: { ...manifest.parameters, baseline } }, CUSTOMER.columns);
    expect(baselineOf(manifest, CUSTOMER.columns)).toBeNull();
    expect(given({ windowDays: 30, customers: 5, columns: [column] })).toMatchObject({ customers: 5 });
    expect(given({ windowDays: 30, customers: 5, columns: [{ ...column, shares: [1] }] })).toBeNull();
    expect(given({ windowDays: 30, customers: 5, columns: [{ ...column, name: 'shoe_size' }] })).toBeNull();
  });

  it('is measured by the service, told on the topic, counted, and answered', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
    const env = { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent', SEGMENTATION_CLOCK: 'events', SEGMENTATION_DRIFT_INTERVAL_MS: '1000' };
    const running = await runServices([segmentation], { env });
    try {
      const { log, database } = running.platform;
      expect((await fetch(new URL('/v1/drift', running.url))).status).toBe(404);
      const version = uniqueName('v');
      const packed = packClusters({ version, parameters: { baseline: await trainedOn({ seed: 11, customers: 300 }) } });
      const { manifest } = packed;
      await database.releases.publish(
        { model: manifest.model, version, stage: 'live', sha256: manifest.sha256, manifest, releasedAtMs: 0 },
        packed.bytes,
      );
      await log.publish([
        ...ordersOf({ seed: 12, customers: 300, factor: 8 }).map(({ event }) => anEventRecord(event)),
        aReleaseRecord(manifest),
      ]);
      await eventually(
        async () => {
          const report = (await (await fetch(new URL('/v1/drift', running.url))).json()) as DriftReport;
          expect(report).toMatchObject({ modelVersion: version, level: 'alarm', customers: 300 });
        },
        { timeoutMs: 20_000 },
      );
      const alerts: DriftAlert[] = [];
      for await (const page of log.read(TOPICS.segmentAlerts.name)) alerts.push(...page.map(({ value }) => DRIFT_ALERT.decode(value)));
      expect(levels(alerts)).toContain('monetary_minor ALARM');
      const metrics = await (await fetch(new URL('/metrics', running.url))).text();
      expect(metrics).toMatch(/tradewind_feature_drift_psi\{.*feature="monetary_minor".*\} \d/);
      expect(metrics).toMatch(/tradewind_drift_alerts_total\{.*\} [1-9]/);
    } finally {
      await running.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 60_000);
});
