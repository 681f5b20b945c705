import {
  EVENT_TYPES,
  MEMBERSHIP,
  TOPICS,
  TRANSITION,
  TransitionKind,
  deterministicId,
  toCloudEventHeaders,
  type Evidence,
} from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import type { MembershipChange, RuleEvidence } from '@tradewind/rules';
import { SOURCE } from '../outputs';
import type { SegmentVersion } from './rule-set';

/** `Transition.model` of rules. */
export const RULES_MODEL = 'rules';

/** A user entered or left a segment by rule. */
export interface RuleMove {
  readonly userKey: string;
  readonly segmentId: string;
  readonly segment: SegmentVersion;
  readonly kind: 'entered' | 'exited';
  readonly reason: 'event' | 'time' | 'definition' | 'merge';
  /** What made it happen, the same for the same log. */
  readonly cause: string;
  /** Of the event that caused it, or when the window closed; epoch milliseconds UTC. */
  readonly occurredAtMs: number;
  readonly decidedAtMs: number;
  readonly evidence: readonly Evidence[];
}

/** What the engine tells, as a move. */
export function toMove(userKey: string, change: MembershipChange, segment: SegmentVersion, decidedAtMs: number): RuleMove {
  const { segmentId, kind, atMs, cause } = change;
  return {
    userKey,
    segmentId,
    segment,
    kind,
    reason: cause === null ? 'time' : 'event',
    cause: cause === null ? `time-${atMs}` : `event-${cause.messageId}-${atMs}`,
    occurredAtMs: cause?.occurredAtMs ?? atMs,
    decidedAtMs,
    evidence: change.evidence.map(toEvidence),
  };
}

/** The transition and the membership record. */
export function toRuleRecords(move: RuleMove): OutboundRecord[] {
  const { userKey, segmentId, segment, kind, reason, cause, occurredAtMs, decidedAtMs, evidence } = move;
  const modelVersion = String(segment.version);
  const id = deterministicId(RULES_MODEL, userKey, segmentId, kind, modelVersion, cause);
  const transition = TRANSITION.encode({
    transitionId: id,
    userKey,
    segmentId,
    segmentName: segment.name,
    kind: kind === 'entered' ? TransitionKind.TRANSITION_KIND_ENTERED : TransitionKind.TRANSITION_KIND_EXITED,
    model: RULES_MODEL,
    modelVersion,
    occurredAtMs,
    decidedAtMs,
    evidence: [...evidence],
    reason,
  });
  const membershipId = deterministicId('membership', RULES_MODEL, userKey, segmentId, kind, modelVersion, cause);
  const member = kind === 'entered';
  return [
    {
      topic: TOPICS.segmentTransitions.name,
      key: userKey,
      value: transition,
      headers: toCloudEventHeaders({ id, source: SOURCE, type: EVENT_TYPES.transition, timeMs: occurredAtMs }),
    },
    {
      topic: TOPICS.segmentMembership.name,
      key: `${segmentId}|${userKey}`,
      value: MEMBERSHIP.encode({ segmentId, segmentName: segment.name, userKey, member, modelVersion, sinceMs: occurredAtMs }),
      headers: toCloudEventHeaders({ id: membershipId, source: SOURCE, type: EVENT_TYPES.membership, timeMs: occurredAtMs }),
    },
  ];
}

/** The condition in words, what was compared and the messages that count. `value` is 1 or 0 where no number was compared. */
export function toEvidence({ text, holds, actual, events }: Pick<RuleEvidence, 'text' | 'holds' | 'actual' | 'events'>): Evidence {
  return {
    feature: text,
    value: typeof actual === 'number' ? actual : holds ? 1 : 0,
    contribution: holds ? 1 : -1,
    ...(actual !== undefined && actual !== null && { text: String(actual) }),
    messageIds: events.flatMap(({ messageId }) => messageId ?? []),
  };
}
