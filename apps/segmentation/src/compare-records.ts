import { createFeatureSet } from '@tradewind/feature-store';
import { CUSTOMER } from './features';
import { IDENTITY } from './identity/identity-record';
import { RULES } from './rules/rule-record';

/** Without what depends on where events lie on the log: the clock of rules, and the offsets of what an anonymous visitor did. */
const PROFILE_ALONE = createFeatureSet(CUSTOMER.features.filter((feature) => feature !== RULES && feature !== IDENTITY));

/**
 * A customer's record in two parts that can be compared between services that read logs of different order: the profile, and the ids of the segments by rule, sorted. @throws STATE_CORRUPT
 */
export function comparable(record: Buffer): { readonly profile: Buffer; readonly memberships: readonly string[] } {
  return {
    profile: PROFILE_ALONE.encode(PROFILE_ALONE.decode('', record)),
    memberships: [...CUSTOMER.decode('', record).of(RULES).members.keys()].sort(),
  };
}
