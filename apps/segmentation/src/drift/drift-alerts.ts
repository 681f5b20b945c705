import { AlertLevel, DRIFT_ALERT, EVENT_TYPES, TOPICS, deterministicId, toCloudEventHeaders, type DriftAlert } from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import { SOURCE } from '../outputs';
import type { DriftLevel, DriftThresholds } from './drift-tally';
import type { DriftMeasure } from './measure-drift';

const DAY_MS = 86_400_000;
const RANK: Readonly<Record<DriftLevel, number>> = { none: 0, warning: 1, alarm: 2 };
const LEVELS = { warning: AlertLevel.ALERT_LEVEL_WARNING, alarm: AlertLevel.ALERT_LEVEL_ALARM } as const;

/** A measure of one release. */
export interface DriftReport extends DriftMeasure {
  readonly model: string;
  readonly modelVersion: string;
  /** Epoch milliseconds UTC. */
  readonly measuredAtMs: number;
  /** Where the window ends, epoch milliseconds UTC. */
  readonly asOfMs: number;
  readonly thresholds: DriftThresholds;
  /** The worst of all. */
  readonly level: DriftLevel;
}

/** The worst level of what was measured. */
export function worstOf({ features, moved }: DriftMeasure): DriftLevel {
  return [moved.level, ...features.map(({ level }) => level)].reduce((worst, level) => (RANK[level] > RANK[worst] ? level : worst));
}

/** An alert for each thing whose level is higher than in the report before, if that was of the same release. */
export function alertsOf(report: DriftReport, before: DriftReport | null): OutboundRecord[] {
  const same = before?.modelVersion === report.modelVersion ? before : null;
  const rose = (level: DriftLevel, former: DriftLevel = 'none') => RANK[level] > RANK[former];
  const features = report.features.filter(({ name, level }) => rose(level, same?.features.find((each) => each.name === name)?.level));
  const alerts = features.map(({ name, psi, level, edges, expectedShares, actualShares }) =>
    toRecord(report, level, {
      kind: 'feature',
      feature: name,
      value: psi,
      customers: report.customers,
      windowMs: report.windowMs ?? 0,
      edges: [...edges],
      expectedShares: [...expectedShares],
      actualShares: [...actualShares],
    }),
  );
  const { level, ratio, customers, windowMs } = report.moved;
  if (rose(level, same?.moved.level)) alerts.push(toRecord(report, level, { kind: 'moved', value: ratio, customers, windowMs }));
  return alerts;
}

function toRecord(report: DriftReport, level: DriftLevel, found: Pick<DriftAlert, 'kind'> & Partial<DriftAlert>): OutboundRecord {
  const { model, modelVersion, measuredAtMs, thresholds } = report;
  if (level === 'none') throw new Error('nothing to tell');
  const id = deterministicId('drift', model, modelVersion, found.kind, found.feature ?? '', level, Math.floor(measuredAtMs / DAY_MS));
  return {
    topic: TOPICS.segmentAlerts.name,
    key: model,
    value: DRIFT_ALERT.encode({
      ...found,
      alertId: id,
      model,
      modelVersion,
      level: LEVELS[level],
      threshold: thresholds[level],
      measuredAtMs,
    }),
    headers: toCloudEventHeaders({ id, source: SOURCE, type: EVENT_TYPES.driftAlert, timeMs: measuredAtMs }),
  };
}
