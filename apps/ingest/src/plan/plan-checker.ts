import type { Violation } from '@tradewind/contracts';
import { Fault } from '../fault';
import type { PlanChecker } from '../stages';
import type { CompiledPlan } from './compile-plan';
import { toViolation, unplannedEvent } from './findings';
import { CALLS, type PlanMode } from './plan-document';

/** What a source does with its plan. */
export interface PlanUse {
  readonly mode: PlanMode;
  /** Of events that the plan does not name. @default what the plan says */
  readonly unplanned?: PlanMode | undefined;
}

const NONE: readonly Violation[] = [];
const STRICTNESS: readonly PlanMode[] = ['allow', 'flag', 'block'];

/**
 * The plan as one source applies it. Events that the plan does not name are no violation where they are allowed. All violations of an event tell
 * in `mode` what becomes of it, which is the stricter of both modes when it breaks the plan in both ways.
 */
export function createPlanChecker(plan: CompiledPlan, { mode, unplanned = plan.unplanned }: PlanUse): PlanChecker {
  return {
    mode,
    name: plan.name,
    check(event, raw) {
      const call = CALLS[event.type - 1]!;
      const { isPlanned, findings } = plan.check(call, event, raw);
      const isUnplanned = !isPlanned && unplanned !== 'allow';
      if (findings.length === 0 && !isUnplanned) return NONE;
      const all = isUnplanned ? [...findings, unplannedEvent(call, event.name)] : findings;
      const strictest = findings.length === 0 ? unplanned : isUnplanned ? stricter(mode, unplanned) : mode;
      return all.map((finding) => toViolation(finding, { event, call, plan, mode: strictest }));
    },
    fault([first, ...others]) {
      const more = others.length === 0 ? '' : `, and ${others.length} more`;
      return new Fault('EVENT_BLOCKED', `tracking plan ${plan.name}: ${first?.description ?? 'not followed'}${more}`);
    },
  };
}

function stricter(a: PlanMode, b: PlanMode): PlanMode {
  return STRICTNESS.indexOf(a) >= STRICTNESS.indexOf(b) ? a : b;
}
