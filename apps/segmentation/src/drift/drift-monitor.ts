import { TOPICS, describeError } from '@tradewind/contracts';
import { createAttribute, createFeatureSet, createFeatureStore, type FeatureStore } from '@tradewind/feature-store';
import type { ModelSlot } from '@tradewind/inference';
import { RepeatLatest, type Platform } from '@tradewind/runtime';
import { CUSTOMER } from '../features';
import type { HeldPartitions } from '../rules/held-partitions';
import type { ClockMode } from '../rules/rule-clock';
import { baselineOf } from './baseline';
import { alertsOf, worstOf, type DriftReport } from './drift-alerts';
import type { DriftThresholds } from './drift-tally';
import { measureDrift } from './measure-drift';

/** Who holds this partition of the events measures, for all. */
const MONITOR_PARTITION = 0;
const KEY = 'report';

/** The last report, for every replica and the next start. */
const REPORT = createAttribute<{ json: string }>({
  name: 'drift report',
  tag: 1,
  initial: () => ({ json: '' }),
  encode: ({ json }, writer) => writer.text(json),
  decode: (reader) => ({ json: reader.text() }),
});
const REPORTS = createFeatureSet([REPORT]);

export interface DriftMonitorOptions {
  readonly platform: Platform;
  readonly features: FeatureStore;
  readonly slot: ModelSlot;
  readonly partitions: HeldPartitions;
  /** The group of consumers that folds the events. */
  readonly group: string;
  readonly mode: ClockMode;
  readonly thresholds: DriftThresholds;
  /** Between two measurements, milliseconds. */
  readonly intervalMs: number;
}

/**
 * Compares customers with those that the live model was trained on, every so often: one member of the group reads all of them, publishes an alert when
 * something is worse than before, and keeps the report. A release without a baseline is not watched.
 */
export class DriftMonitor {
  private readonly reports: FeatureStore;
  private readonly measuring: RepeatLatest;
  private readonly metrics: ReturnType<typeof createDriftMetrics>;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: DriftMonitorOptions) {
    const { platform } = options;
    this.metrics = createDriftMetrics(platform.metrics);
    this.reports = createFeatureStore({
      store: platform.state,
      features: REPORTS,
      prefix: 'segmentation-partition:drift:',
      cacheEntries: 0,
    });
    this.measuring = new RepeatLatest(
      (signal) => this.run(signal),
      (error) => platform.logger.error('drift was not measured; tried again at its time', { error: describeError(error) }),
    );
  }

  start(): void {
    this.timer = setInterval(() => this.measuring.request(), this.options.intervalMs);
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.measuring.stop();
  }

  /** The last one, of whichever member; `null` before the first. @throws STATE_UNAVAILABLE */
  async report(): Promise<DriftReport | null> {
    const json = (await this.reports.get(KEY))?.of(REPORT).json;
    return json ? (JSON.parse(json) as DriftReport) : null;
  }

  /** Measures now, tells what is worse, and keeps the report. @returns `null` when there is no model with a baseline */
  async measure(signal?: AbortSignal): Promise<DriftReport | null> {
    const { platform, slot, features, thresholds } = this.options;
    const manifest = slot.manifest;
    const baseline = manifest && baselineOf(manifest, CUSTOMER.columns);
    if (!manifest || !baseline) return null;
    const nowMs = this.now();
    const found = await measureDrift({ features, baseline, thresholds, nowMs, signal });
    if (signal?.aborted) return null;
    const { model, version: modelVersion } = manifest;
    const report = { model, modelVersion, measuredAtMs: platform.now(), asOfMs: nowMs, thresholds, level: worstOf(found), ...found };
    const alerts = alertsOf(report, await this.report());
    // Told first: killed in between, it is told once more, with the same ids.
    if (alerts.length > 0) await platform.log.publish(alerts);
    await this.keep(report);
    this.metrics.tell(report, alerts.length);
    return report;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { platform, group } = this.options;
    if (platform.gate.holds({ group, topic: TOPICS.events.name, partition: MONITOR_PARTITION })) await this.measure(signal);
  }

  /** The wall, or for replays of old data the latest event. */
  private now(): number {
    const { mode, partitions, platform } = this.options;
    if (mode === 'wall') return platform.now();
    const latestMs = Math.max(...partitions.opened().map(({ clockMs }) => clockMs));
    return Number.isFinite(latestMs) ? latestMs : platform.now();
  }

  private async keep(report: DriftReport): Promise<void> {
    const record = REPORTS.create(KEY);
    record.of(REPORT).json = JSON.stringify(report);
    await this.reports.save([record]);
  }
}

function createDriftMetrics(metrics: Platform['metrics']) {
  const psi = metrics.gauge({
    name: 'tradewind_feature_drift_psi',
    help: 'Population stability index of a model feature against its training',
    labels: ['model', 'feature'],
  });
  const moved = metrics.gauge({
    name: 'tradewind_segment_moved_ratio',
    help: 'Customers whose segment began in the window',
    labels: ['model'],
  });
  const alerts = metrics.counter({ name: 'tradewind_drift_alerts_total', help: 'Drift alerts published', labels: ['model'] });
  return {
    tell(report: DriftReport, told: number): void {
      const { model } = report;
      for (const feature of report.features) psi.set(feature.psi, { model, feature: feature.name });
      moved.set(report.moved.ratio, { model });
      alerts.add(told, { model });
    },
  };
}
