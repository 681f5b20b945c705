import { AppError, describeError } from '@tradewind/contracts';
import type { Logger, Metrics } from '@tradewind/observability';
import type { PlanRepository } from '@tradewind/persistence';
import type { PlanChecker } from '../stages';
import { compilePlan, type CompiledPlan } from './compile-plan';
import { parsePlan } from './parse-plan';
import { createPlanChecker } from './plan-checker';
import { planName, type PlanDocument, type PlanMode } from './plan-document';
import { SEGMENT_ECOMMERCE } from './segment-ecommerce';

/** Plans that every installation has, without a database. */
export const BUILT_IN_PLANS: readonly PlanDocument[] = [SEGMENT_ECOMMERCE];

/** A source and the plan that its settings name. */
export interface PlannedSource {
  readonly sourceId: string;
  readonly settings: {
    readonly plan?: { readonly id: string; readonly version: number; readonly mode: PlanMode } | undefined;
    readonly unplannedEvents?: PlanMode | undefined;
  };
}

/** The plans of all sources, compiled, on this replica. */
export interface TrackingPlans {
  /**
   * Reads and compiles what these sources name and forgets the rest. Never fails: a source whose plan cannot be read or compiled keeps the
   * former one (none at first), which is logged and counted, and tried again the next time.
   */
  prepare(sources: readonly PlannedSource[]): Promise<void>;
  /** As of the last `prepare`. */
  of(sourceId: string): PlanChecker | undefined;
}

export interface TrackingPlansOptions {
  readonly repository: Pick<PlanRepository, 'get'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function createTrackingPlans({ repository, logger, metrics }: TrackingPlansOptions): TrackingPlans {
  let compiled = new Map<string, CompiledPlan>();
  let checkers = new Map<string, PlanChecker>();
  const failures = metrics.counter({
    name: 'tradewind_ingest_plan_failures_total',
    help: 'Tracking plans that could not be read or compiled; the former one stays',
    labels: ['plan'],
  });

  const load = async (name: string, id: string, version: number): Promise<CompiledPlan | undefined> => {
    try {
      return compiled.get(name) ?? (await compilePlan(await readPlan(repository, id, version)));
    } catch (error) {
      failures.add(1, { plan: name });
      logger.error('tracking plan not usable, the former one stays', { plan: name, error: describeError(error) });
      return undefined;
    }
  };

  return {
    async prepare(sources) {
      const used = new Map<string, CompiledPlan>();
      const next = new Map<string, PlanChecker>();
      for (const { sourceId, settings } of sources) {
        if (settings.plan === undefined) continue;
        const { id, version, mode } = settings.plan;
        const name = planName({ id, version });
        const plan = used.get(name) ?? (await load(name, id, version));
        if (plan) used.set(name, plan);
        const checker = plan ? createPlanChecker(plan, { mode, unplanned: settings.unplannedEvents }) : checkers.get(sourceId);
        if (checker) next.set(sourceId, checker);
      }
      compiled = used;
      checkers = next;
    },
    of: (sourceId) => checkers.get(sourceId),
  };
}

/** @throws NOT_FOUND, PLAN_INVALID, DATABASE_UNAVAILABLE */
export async function readPlan(repository: Pick<PlanRepository, 'get'>, id: string, version?: number): Promise<PlanDocument> {
  const builtIn = BUILT_IN_PLANS.find((plan) => plan.id === id && (version === undefined || plan.version === version));
  if (builtIn) return builtIn;
  const row = await repository.get(id, version);
  if (row === null) throw new AppError('NOT_FOUND', `there is no tracking plan ${version === undefined ? id : planName({ id, version })}`);
  return parsePlan(row.document);
}
