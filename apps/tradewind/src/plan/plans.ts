import { isDeepStrictEqual } from 'node:util';
import { BUILT_IN_PLANS, compilePlan, parsePlan, planName, readPlan, type PlanDefaults, type PlanDocument } from '@tradewind/apps/ingest';
import { AppError } from '@tradewind/contracts';
import type { PlanRepository, SourceRepository } from '@tradewind/persistence';
import { UsageError } from '../command';

export interface ListedPlan {
  readonly id: string;
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly number[];
  /** Ships with Tradewind. */
  readonly builtIn: boolean;
  readonly events: number;
  /** Sources whose settings name it, as `source@version mode`. */
  readonly usedBy: readonly string[];
}

/** A plan as people name it; the newest version without one. */
export interface PlanReference {
  readonly id: string;
  readonly version: number | undefined;
}

/** `shop` or `shop@3`. @throws UsageError */
export function parsePlanReference(text: string): PlanReference {
  const [, id, version] = /^([a-z0-9-]+)(?:@(\d{1,7}))?$/.exec(text) ?? [];
  if (id === undefined) throw new UsageError('<plan>', text, 'give an id such as shop, or an id with a version such as shop@3');
  return { id, version: version === undefined ? undefined : Number(version) };
}

export async function listPlans(plans: PlanRepository, sources: Pick<SourceRepository, 'list'>): Promise<ListedPlan[]> {
  const uses = (await sources.list()).flatMap(({ sourceId, settings }) => useOf(sourceId, settings));
  const usersOf = (id: string) => uses.filter(({ plan }) => plan === id).map(({ text }) => text);
  const builtIn = BUILT_IN_PLANS.map(({ id, name, version, events }): ListedPlan => {
    return { id, name, versions: [version], builtIn: true, events: events.length, usedBy: usersOf(id) };
  });
  const stored = (await plans.list()).map(async ({ planId, name, document }): Promise<ListedPlan> => {
    const versions = (await plans.versions(planId)).map(({ version }) => version);
    const { events } = document as { events: readonly unknown[] };
    return { id: planId, name, versions, builtIn: false, events: events.length, usedBy: usersOf(planId) };
  });
  return [...builtIn, ...(await Promise.all(stored))];
}

/** Settings of sources may be wrong; those that name no plan use none. */
function useOf(sourceId: string, settings: unknown): { readonly plan: string; readonly text: string }[] {
  const { plan } = (settings ?? {}) as { plan?: { id?: unknown; version?: unknown; mode?: unknown } };
  if (typeof plan?.id !== 'string') return [];
  return [{ plan: plan.id, text: `${sourceId} (version ${String(plan.version)}, ${String(plan.mode ?? 'flag')})` }];
}

/** @throws NOT_FOUND, PLAN_INVALID */
export function showPlan(plans: Pick<PlanRepository, 'get'>, { id, version }: PlanReference): Promise<PlanDocument> {
  return readPlan(plans, id, version);
}

/**
 * Stores a plan after compiling it. Without a version it becomes the next one, or stays the newest when nothing has changed.
 * @throws PLAN_INVALID with the path of the fault; STATE_CONFLICT when that version is there with other content, or ships with Tradewind
 */
export async function putPlan(
  plans: PlanRepository,
  value: unknown,
  defaults: PlanDefaults,
): Promise<{ readonly plan: PlanDocument; readonly isNew: boolean }> {
  const says = { ...defaults, version: defaults.version ?? 1 };
  const given = parsePlan(value, says);
  if (BUILT_IN_PLANS.some(({ id }) => id === given.id))
    throw new AppError('STATE_CONFLICT', `plan ${given.id} ships with Tradewind: give yours another id`);
  await compilePlan(given);
  const versions = await plans.versions(given.id);
  const isVersionGiven = defaults.version !== undefined || (value as { version?: unknown }).version !== undefined;
  const [newest] = versions;
  const same = newest && isDeepStrictEqual({ ...parsePlan(newest.document), version: 0 }, { ...given, version: 0 });
  const version = isVersionGiven ? given.version : same ? newest.version : (newest?.version ?? 0) + 1;
  const plan = { ...given, version };
  await plans.put({ planId: plan.id, version, name: plan.name, document: plan });
  return { plan, isNew: !versions.some((each) => each.version === version) };
}

/** `segment-ecommerce@1: 28 events`. */
export function summaryOf(plan: PlanDocument): string {
  return `${planName(plan)}: ${plan.events.length} ${plan.events.length === 1 ? 'event' : 'events'}`;
}
