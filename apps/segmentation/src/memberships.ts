import { TRANSITION, TransitionKind, type Transition } from '@tradewind/contracts';
import { decodeBatch, type BatchHandler } from '@tradewind/eventing';
import type { Database, MembershipRow, RuleMembershipChange } from '@tradewind/persistence';
import { RULES_MODEL } from './rules/rule-outputs';

/**
 * Mirrors `segments.transitions.v1` into the tables that people query, a few statements a batch: entries into clusters, of which a customer
 * has one, who turned out to be someone else, and what becomes of rules. Transitions, not memberships, because they are keyed by user: a customer's moves come in their order.
 */
export function createMembershipMirror({ memberships, ruleMemberships }: Pick<Database, 'memberships' | 'ruleMemberships'>): BatchHandler {
  return async function mirror(batch) {
    const { messages, deadLetters } = decodeBatch(batch, TRANSITION);
    const transitions = messages.map(({ message }) => message);
    const clusters = transitions.filter((each) => each.model !== RULES_MODEL && isEntry(each)).map(toClusterRow);
    const merged = transitions.filter((each) => each.model !== RULES_MODEL && !isEntry(each) && each.reason === 'merge');
    const rules = transitions.filter(({ model }) => model === RULES_MODEL).map(toRuleChange);
    const persist = async () => {
      if (clusters.length > 0) await memberships.upsertMany(clusters);
      if (merged.length > 0) await memberships.removeMany(merged.map(({ userKey }) => userKey));
      if (rules.length > 0) await ruleMemberships.applyMany(rules);
    };
    return { outputs: [], deadLetters, persist };
  };
}

function isEntry({ kind }: Transition): boolean {
  return kind === TransitionKind.TRANSITION_KIND_ENTERED;
}

function toClusterRow({ userKey, segmentId, segmentName, modelVersion, occurredAtMs }: Transition): MembershipRow {
  return { userKey, segmentId, segmentName, modelVersion, sinceMs: occurredAtMs };
}

function toRuleChange(transition: Transition): RuleMembershipChange {
  const { userKey, segmentId, segmentName, modelVersion, occurredAtMs } = transition;
  return { userKey, segmentId, segmentName, version: Number(modelVersion), sinceMs: occurredAtMs, member: isEntry(transition) };
}
