import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Event } from '@tradewind/contracts';
import type { RawEvent } from '../judge';
import { createSchemaCompiler, type SchemaCheck } from './compile-schema';
import { planName, type Call, type PlanDocument, type PlanMode } from './plan-document';
import { toFindings, type Finding } from './findings';

/** A plan ready to judge events, the same for every source that uses it. */
export interface CompiledPlan {
  readonly id: string;
  readonly version: number;
  /** `<id>@<version>`. */
  readonly name: string;
  readonly unplanned: PlanMode;
  /** Never throws. */
  check(call: Call, event: Event, raw: RawEvent): PlanVerdict;
}

export interface PlanVerdict {
  /** False when the plan has entries for such calls, and none for this event. */
  readonly isPlanned: boolean;
  /** Empty when the event follows the plan. */
  readonly findings: readonly Finding[];
}

interface Checks {
  readonly byName: Map<string, SchemaCheck>;
  /** Of events without an entry of their own. */
  other: SchemaCheck | undefined;
}

const NONE: readonly Finding[] = [];
const FOLLOWED: PlanVerdict = { isPlanned: true, findings: NONE };
/** Longest stretch of compiling between two looks at other work, milliseconds. */
const SLICE_MS = 10;

/**
 * Compiles each schema to code, giving way to other work in between.
 * @throws PLAN_INVALID with the path of the fault
 */
export async function compilePlan(plan: PlanDocument): Promise<CompiledPlan> {
  const byCall = new Map<Call, Checks>();
  const compileSchema = createSchemaCompiler();
  let sliceStartMs = performance.now();
  for (const [i, { type, name, schema }] of plan.events.entries()) {
    if (performance.now() - sliceStartMs > SLICE_MS) {
      await yieldToOthers();
      sliceStartMs = performance.now();
    }
    const checks = byCall.get(type) ?? { byName: new Map<string, SchemaCheck>(), other: undefined };
    byCall.set(type, checks);
    const check = compileSchema(schema, `events[${i}].schema`);
    if (name === undefined) checks.other = check;
    else checks.byName.set(name, check);
  }
  const common = plan.common === undefined ? undefined : compileSchema(plan.common, 'common');
  const { id, version, unplanned } = plan;
  return {
    id,
    version,
    name: planName(plan),
    unplanned,
    check(call, event, raw) {
      const checks = byCall.get(call);
      const check = checks && (checks.byName.get(event.name) ?? checks.other);
      const isPlanned = check !== undefined || checks === undefined;
      const shared = common === undefined ? NONE : run(common, raw.value);
      const own = check === undefined ? NONE : run(check, raw.value);
      if (isPlanned && shared.length + own.length === 0) return FOLLOWED;
      return { isPlanned, findings: shared.length === 0 ? own : [...shared, ...own] };
    },
  };
}

function run(check: SchemaCheck, value: unknown): readonly Finding[] {
  return check(value) ? NONE : toFindings(check.errors ?? [], value);
}
