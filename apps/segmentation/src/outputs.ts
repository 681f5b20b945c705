import {
  EVENT_TYPES,
  MEMBERSHIP,
  MODELS,
  TOPICS,
  TRANSITION,
  TransitionKind,
  deterministicId,
  toCloudEventHeaders,
  type Evidence,
} from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';

export const SOURCE = '/tradewind/segmentation';

/** A customer moves from one segment to another; `from` is null for the first, `to` when the customer turned out to be someone else. */
export interface Move {
  readonly userKey: string;
  readonly from: Segment | null;
  readonly to: Segment | null;
  readonly modelVersion: string;
  /** What made it happen, the same for the same log: `topic-partition-offset` of the event, or the release. */
  readonly cause: string;
  readonly occurredAtMs: number;
  readonly decidedAtMs: number;
  readonly evidence: Evidence[];
  /** What made it so, where it is not the model. */
  readonly reason?: 'merge';
}

export interface Segment {
  readonly id: string;
  readonly name: string;
}

/** The transitions (exit, then entry) and the membership records of a move. */
export function toRecords(move: Move): OutboundRecord[] {
  const { from, to } = move;
  const exited = from === null ? [] : [transition(move, from, TransitionKind.TRANSITION_KIND_EXITED), membership(move, from, false)];
  if (to === null) return exited;
  return [...exited, transition(move, to, TransitionKind.TRANSITION_KIND_ENTERED), membership(move, to, true)];
}

function transition(move: Move, segment: Segment, kind: TransitionKind): OutboundRecord {
  const { userKey, modelVersion, occurredAtMs, decidedAtMs, evidence, cause, reason } = move;
  const id = deterministicId(userKey, segment.id, kind, modelVersion, cause);
  return {
    topic: TOPICS.segmentTransitions.name,
    key: userKey,
    value: TRANSITION.encode({
      transitionId: id,
      userKey,
      segmentId: segment.id,
      segmentName: segment.name,
      kind,
      model: MODELS.customerClusters,
      modelVersion,
      occurredAtMs,
      decidedAtMs,
      evidence,
      reason: reason ?? '',
    }),
    headers: toCloudEventHeaders({ id, source: SOURCE, type: EVENT_TYPES.transition, timeMs: occurredAtMs }),
  };
}

function membership(move: Move, segment: Segment, member: boolean): OutboundRecord {
  const { userKey, modelVersion, occurredAtMs, cause } = move;
  const id = deterministicId('membership', userKey, segment.id, String(member), modelVersion, cause);
  return {
    topic: TOPICS.segmentMembership.name,
    key: `${segment.id}|${userKey}`,
    value: MEMBERSHIP.encode({ segmentId: segment.id, segmentName: segment.name, userKey, member, modelVersion, sinceMs: occurredAtMs }),
    headers: toCloudEventHeaders({ id, source: SOURCE, type: EVENT_TYPES.membership, timeMs: occurredAtMs }),
  };
}
