import { TRANSITION, TransitionKind } from '@tradewind/contracts';
import { decodeBatch, type BatchHandler } from '@tradewind/eventing';
import type { MembershipRepository, MembershipRow } from '@tradewind/persistence';

/**
 * Mirrors entries from `segments.transitions.v1` into the table that people query, one statement a batch. Transitions, not
 * memberships, because they are keyed by user: a customer's moves come in their order.
 */
export function createMembershipMirror(memberships: Pick<MembershipRepository, 'upsertMany'>): BatchHandler {
  return async function mirror(batch) {
    const { messages, deadLetters } = decodeBatch(batch, TRANSITION);
    const rows = messages
      .filter(({ message }) => message.kind === TransitionKind.TRANSITION_KIND_ENTERED)
      .map(({ message }): MembershipRow => {
        const { userKey, segmentId, segmentName, modelVersion, occurredAtMs } = message;
        return { userKey, segmentId, segmentName, modelVersion, sinceMs: occurredAtMs };
      });
    return { outputs: [], deadLetters, persist: () => (rows.length === 0 ? Promise.resolve() : memberships.upsertMany(rows)) };
  };
}
