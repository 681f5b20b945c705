import { MEMBERSHIP, TOPICS, TRANSITION, TransitionKind } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';

/** `segment|user` of each membership that the topic says holds, sorted. */
export async function membersOnTopic(log: EventLog): Promise<string[]> {
  const members = new Set<string>();
  for await (const records of log.read(TOPICS.segmentMembership.name)) {
    for (const { value } of records) {
      const { member, segmentId, userKey: key } = MEMBERSHIP.decode(value);
      if (member) members.add(`${segmentId}|${key}`);
      else members.delete(`${segmentId}|${key}`);
    }
  }
  return [...members].sort();
}

/** By `segment|user`, repeats dropped: `+` for an entry, `-` for an exit. */
export async function movesOnTopic(log: EventLog): Promise<Map<string, string>> {
  const seen = new Set<string>();
  const told = new Map<string, string>();
  for await (const records of log.read(TOPICS.segmentTransitions.name)) {
    for (const { value } of records) {
      const { transitionId, userKey: key, segmentId, kind } = TRANSITION.decode(value);
      if (seen.has(transitionId)) continue;
      seen.add(transitionId);
      const place = `${segmentId}|${key}`;
      told.set(place, (told.get(place) ?? '') + (kind === TransitionKind.TRANSITION_KIND_ENTERED ? '+' : '-'));
    }
  }
  return told;
}
