export { rulesJsonSchema, LIMITS } from './language/schema';
export { validateRules, type RulesVerdict } from './language/validate';
export type { RuleProblem } from './language/problems';
export type {
  Aggregate,
  Condition,
  EventCondition,
  EventSelector,
  Filter,
  Op,
  Operand,
  Predicate,
  Rule,
  SequenceCondition,
  SequenceStep,
  TraitCondition,
  ValueRef,
} from './language/rule';
export { describeCondition } from './language/describe';
export { MAX_PENDING } from './engine/compiled-rules';
export { createRuleEngine, type MembershipChange, type RuleEngine, type RuleEngineOptions } from './engine/rule-engine';
export type { UserRuleState } from './engine/user-rule-state';
export type { Explanation, RuleEvidence } from './engine/explain';
export type { EvidenceEvent } from './engine/evidence-events';
export type { StateReader, StateWriter } from './engine/state-port';
export { evaluateLog } from './brute-force';
export { overlapOf, sampleMembers, sizeSegment, stateOfLog, type Overlap, type SegmentSize } from './audience';
