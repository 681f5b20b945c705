import { PROFILE_FEATURES, createAttribute, createFeatureSet, orders, type UserState } from '@tradewind/feature-store';
import { PROFILE } from './profile/profile';
import { IDENTITY, isMerged } from './identity/identity-record';
import { RULES } from './rules/rule-record';
import { UNTOLD } from './rules/untold';

/** The segment a customer was last given; empty before the first. */
export interface CurrentSegment {
  segmentId: string;
  segmentName: string;
  modelVersion: string;
  /** Epoch milliseconds UTC. */
  sinceMs: number;
}

/** Kept in the customer's record, so that it is exactly as far as the profile beside it. */
export const SEGMENT = createAttribute<CurrentSegment>({
  name: 'segment',
  tag: 120,
  initial: () => ({ segmentId: '', segmentName: '', modelVersion: '', sinceMs: 0 }),
  encode(state, writer) {
    writer.text(state.segmentId);
    writer.text(state.segmentName);
    writer.text(state.modelVersion);
    writer.varint(state.sinceMs);
  },
  decode: (reader) => ({ segmentId: reader.text(), segmentName: reader.text(), modelVersion: reader.text(), sinceMs: reader.varint() }),
});

/** The profile as training folds it, plus the segment, what rules keep, and what else is declared about visitors. */
export const CUSTOMER = createFeatureSet([...PROFILE_FEATURES, SEGMENT, RULES, PROFILE, IDENTITY, UNTOLD]);

/** Before every user key of this service in the state store. Rules and declared profiles are made anew from the log by themselves, so they are not in it. */
export const STATE_PREFIX = `segmentation:${createFeatureSet([...PROFILE_FEATURES, SEGMENT]).fingerprint}:`;

/** The moment a profile is read for: the model's, or the customer's latest event when that is later. */
export function asOf(state: UserState, trainedUntilMs: number): number {
  return Math.max(trainedUntilMs, state.lastEventAtMs);
}

/** Clusters describe buyers: a visitor without an order is in none, nor an id that turned out to be someone else's. */
export function isCustomer(state: UserState): boolean {
  return state.of(orders).count > 0 && !isMerged(state);
}
