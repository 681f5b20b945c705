import { compilePlan, createPlanChecker, judgeEvent, planName, type PlanDocument } from '@tradewind/apps/ingest';
import { deterministicId } from '@tradewind/contracts';
import { createTally, type Talliable, type Tallied } from './tally';

export interface CheckReport {
  /** `<id>@<version>`. */
  readonly plan: string;
  readonly events: number;
  readonly following: number;
  /** Events with at least one violation. */
  readonly breaking: number;
  /** Events that the collector would refuse whatever the plan. */
  readonly invalid: number;
  /** The most frequent first; `example` is the number of the first such line. */
  readonly violations: readonly Tallied[];
}

/** Judges events as the collector would under this plan; events that the plan does not name are told when it says so. @throws PLAN_INVALID */
export async function checkEvents(plan: PlanDocument, events: AsyncIterable<object>, now: () => number): Promise<CheckReport> {
  const checker = createPlanChecker(await compilePlan(plan), { mode: 'block' });
  const tally = createTally();
  const counts = { events: 0, following: 0, breaking: 0, invalid: 0 };
  for await (const value of events) {
    counts.events++;
    const raw = { value, bytes: Buffer.from(JSON.stringify(value)) };
    const { event, rejected } = judgeEvent(raw, { sourceId: 'check', defaultCurrency: 'USD' }, now());
    const found: readonly Talliable[] = event ? checker.check(event, raw) : [refusal(value, rejected.fault)];
    if (!event) counts.invalid++;
    else if (found.length === 0) counts.following++;
    else counts.breaking++;
    for (const violation of found) tally.add(violation, String(counts.events));
  }
  return { plan: planName(plan), ...counts, violations: tally.list() };
}

function refusal(value: object, fault: { readonly code: string; readonly reason: string }): Talliable {
  const { type = '', event = '' } = value as { type?: unknown; event?: unknown };
  return {
    violationId: deterministicId(fault.code),
    eventType: String(type),
    eventName: String(event),
    field: '',
    violationType: fault.code,
    description: fault.reason,
  };
}
