import type { Event } from '@tradewind/contracts';
import type { RuleEngine } from './engine/rule-engine';
import type { UserRuleState } from './engine/user-rule-state';
import { rolloutPercent } from './values/hash';

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959964;

/** The state of a user whose events, in order of arrival, are all known at `nowMs`: for previews from the log. */
export function stateOfLog(engine: RuleEngine, userKey: string, log: Iterable<Event>, nowMs: number): UserRuleState {
  const state = engine.create(userKey);
  engine.advance(state, nowMs);
  for (const event of log) engine.apply(state, event, nowMs);
  return state;
}

/** How large a segment is. */
export interface SegmentSize {
  /** Users looked at. */
  readonly users: number;
  readonly members: number;
  /** 0–1; 0 of no users. */
  readonly shareRatio: number;
  /**
   * 95 % bounds of the share among all users, when those looked at are a random sample of them (Wilson 1927, "Probable inference", the score
   * interval).
   */
  readonly lowRatio: number;
  readonly highRatio: number;
}

/** Sizes a segment from the states of all users or of a random sample. @throws RangeError for an unknown segment */
export function sizeSegment(engine: RuleEngine, states: Iterable<UserRuleState>, segmentId: string): SegmentSize {
  let users = 0;
  let members = 0;
  for (const state of states) {
    users++;
    if (engine.isMember(state, segmentId)) members++;
  }
  if (users === 0) return { users, members, shareRatio: 0, lowRatio: 0, highRatio: 1 };
  const share = members / users;
  const weight = Z ** 2 / users;
  const middle = (share + weight / 2) / (1 + weight);
  const reach = (Z * Math.sqrt((share * (1 - share)) / users + weight / (4 * users))) / (1 + weight);
  return { users, members, shareRatio: share, lowRatio: Math.max(0, middle - reach), highRatio: Math.min(1, middle + reach) };
}

/** How segments share their members. */
export interface Overlap {
  /** Ids, in the order of the rules. */
  readonly segments: readonly string[];
  readonly users: number;
  /** `members[i][j]`: users in both i and j; `members[i][i]` is the size of i. Symmetric. */
  readonly members: readonly (readonly number[])[];
  /** Jaccard index |i ∩ j| / |i ∪ j|, 0–1; 0 of two empty segments. */
  readonly jaccard: readonly (readonly number[])[];
}

/** Counts, in one pass, who is in each pair of segments. */
export function overlapOf(engine: RuleEngine, states: Iterable<UserRuleState>): Overlap {
  const segments = engine.rules.map(({ id }) => id);
  const indexOf = new Map(segments.map((id, i) => [id, i]));
  const members = segments.map(() => segments.map(() => 0));
  let users = 0;
  for (const state of states) {
    users++;
    const ins = engine.memberships(state).map((id) => indexOf.get(id)!);
    for (const i of ins) for (const j of ins) members[i]![j]!++;
  }
  const jaccard = members.map((row, i) => row.map((both, j) => ratio(both, members[i]![i]! + members[j]![j]! - both)));
  return { segments, users, members, jaccard };
}

/**
 * Keys of up to `size` members, drawn evenly and always the same for the same users and salt: those whose bucket is lowest.
 * @throws RangeError for an unknown segment
 */
export function sampleMembers(
  engine: RuleEngine,
  states: Iterable<UserRuleState>,
  segmentId: string,
  { size, salt = 'sample' }: { readonly size: number; readonly salt?: string },
): string[] {
  const drawn: { readonly userKey: string; readonly bucket: number }[] = [];
  for (const state of states) {
    if (!engine.isMember(state, segmentId)) continue;
    drawn.push({ userKey: state.userKey, bucket: rolloutPercent(salt, state.userKey) });
    if (drawn.length >= 2 * size + 100) keepLowest(drawn, size);
  }
  keepLowest(drawn, size);
  return drawn.map(({ userKey }) => userKey);
}

function keepLowest(drawn: { readonly userKey: string; readonly bucket: number }[], size: number): void {
  drawn.sort((a, b) => a.bucket - b.bucket || (a.userKey < b.userKey ? -1 : 1));
  drawn.length = Math.min(drawn.length, size);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
