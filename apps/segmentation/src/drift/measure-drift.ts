import { orders, type FeatureStore, type UserState } from '@tradewind/feature-store';
import { CUSTOMER, SEGMENT, isCustomer } from '../features';
import type { Baseline } from './baseline';
import { DriftTally, levelOf, type DriftLevel, type DriftThresholds, type FeatureDrift } from './drift-tally';

const DAY_MS = 86_400_000;
/** For who moved, when the training took all customers. */
const MOVED_WINDOW_DAYS = 30;
/** Fewer say nothing. */
export const LEAST_CUSTOMERS = 100;

/** What was found. */
export interface DriftMeasure {
  /** Customers that were compared: those with an event in the window. */
  readonly customers: number;
  /** Sliding window, milliseconds; `null`: all customers. */
  readonly windowMs: number | null;
  /** Strongest first; empty with fewer than 100 customers. */
  readonly features: readonly FeatureDrift[];
  /** Of customers in a segment who ordered before the window: those whose segment began in it. */
  readonly moved: { readonly customers: number; readonly ratio: number; readonly level: DriftLevel; readonly windowMs: number };
}

export interface MeasureOptions {
  readonly features: Pick<FeatureStore, 'scan'>;
  readonly baseline: Baseline;
  readonly thresholds: DriftThresholds;
  /** Where the window ends and features are read, epoch milliseconds UTC. */
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

/** Reads all customers once: features as of now of those that are active, against the same of the training; and who is in another segment. */
export async function measureDrift({ features, baseline, thresholds, nowMs, signal }: MeasureOptions): Promise<DriftMeasure> {
  const windowMs = baseline.windowDays === null ? null : baseline.windowDays * DAY_MS;
  const movedWindowMs = windowMs ?? MOVED_WINDOW_DAYS * DAY_MS;
  const tally = new DriftTally(baseline, CUSTOMER.columns);
  const vector = new Float32Array(CUSTOMER.columns.length);
  const seen = { settled: 0, moved: 0 };
  for await (const page of features.scan()) {
    if (signal?.aborted) break;
    for (const state of page) {
      if (!isCustomer(state)) continue;
      if (windowMs === null || state.lastEventAtMs > nowMs - windowMs) {
        CUSTOMER.vector(state, Math.max(nowMs, state.lastEventAtMs), vector);
        tally.add(vector);
      }
      countMove(state, nowMs - movedWindowMs, seen);
    }
  }
  const found = tally.customers < LEAST_CUSTOMERS ? [] : tally.features(thresholds);
  const ratio = seen.settled < LEAST_CUSTOMERS ? 0 : seen.moved / seen.settled;
  return {
    customers: tally.customers,
    windowMs,
    features: [...found].sort((a, b) => b.psi - a.psi),
    moved: { customers: seen.settled, ratio, level: levelOf(ratio, thresholds), windowMs: movedWindowMs },
  };
}

function countMove(state: UserState, sinceMs: number, seen: { settled: number; moved: number }): void {
  const segment = state.of(SEGMENT);
  if (segment.segmentId === '' || state.of(orders).firstAtMs > sinceMs) return;
  seen.settled++;
  if (segment.sinceMs > sinceMs) seen.moved++;
}
