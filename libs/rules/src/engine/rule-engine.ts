import type { Event } from '@tradewind/contracts';
import type { Rule } from '../language/rule';
import { CompiledRules } from './compiled-rules';
import type { Explanation, RuleEvidence } from './explain';
import type { StateReader, StateWriter } from './state-port';
import type { UserRuleState } from './user-rule-state';

/** A user entered or left a segment. */
export interface MembershipChange {
  readonly segmentId: string;
  readonly kind: 'entered' | 'exited';
  /** When it became so: the clock at which the event was taken, or the moment a window closed; epoch milliseconds UTC. */
  readonly atMs: number;
  /** The event that made it so; `null` when time alone did. */
  readonly cause: { readonly messageId: string; readonly name: string; readonly occurredAtMs: number } | null;
  /** The conditions that decided. */
  readonly evidence: readonly RuleEvidence[];
}

export interface RuleEngineOptions {
  /** How many of a user's message ids are remembered to drop repeats; 0 when the caller drops them. @default 128 */
  readonly duplicateWindow?: number;
}

/** Evaluates one rule set for many users, an event at a time. Pure: it reads no clock and keeps nothing between calls but the rules. */
export interface RuleEngine {
  readonly rules: readonly Rule[];
  /** 8 hex digits of what decides memberships; a changed one needs states made anew from the log. */
  readonly fingerprint: string;
  create(userKey: string): UserRuleState;
  /**
   * Takes an event of the user at the clock `nowMs`. First whatever fell due up to then is told, in order of time. An event that happens
   * after `nowMs` waits for its time. A clock before an earlier one counts as that one.
   */
  apply(state: UserRuleState, event: Event, nowMs: number): readonly MembershipChange[];
  /** What fell due up to `nowMs`, in order of time; call it at `state.nextCheckAtMs` or later. */
  advance(state: UserRuleState, nowMs: number): readonly MembershipChange[];
  /** False before the first `apply` or `advance`. @throws RangeError for an unknown segment */
  isMember(state: UserRuleState, segmentId: string): boolean;
  /** Ids of all segments the user is in, in the order of the rules. */
  memberships(state: UserRuleState): string[];
  /** Why the user is in the segment or not, and what would change it, as of the state's clock. @throws RangeError for an unknown segment */
  explain(state: UserRuleState, segmentId: string): Explanation;
  /** Appends the state; states that read the same events at the same clocks give equal bytes. Compacts the state. */
  encodeTo(state: UserRuleState, writer: StateWriter): void;
  encode(state: UserRuleState): Uint8Array;
  /** `null` when the record was made by another rule set: then the state must be made anew from the log. @throws STATE_CORRUPT */
  decode(userKey: string, record: Uint8Array): UserRuleState | null;
  /** As `decode`, from a larger record. @throws RangeError when it does not decode */
  decodeFrom(userKey: string, reader: StateReader): UserRuleState | null;
}

/** Compiles rules that `validateRules` accepted. */
export function createRuleEngine(rules: readonly Rule[], options: RuleEngineOptions = {}): RuleEngine {
  return new CompiledRules(rules, options.duplicateWindow ?? 128);
}
