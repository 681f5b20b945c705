import { createFeatureSet } from '@tradewind/feature-store';
import { CUSTOMER } from './features';
import { RULES } from './rules/rule-record';

/** What depends on where other users' events lie on the log: the clock of rules. */
const WITHOUT_RULES = createFeatureSet(CUSTOMER.features.filter((feature) => feature !== RULES));

/**
 * A customer's record in two parts that can be compared between services that read logs of different order: the record without what rules keep,
 * and the ids of the segments by rule, sorted. @throws STATE_CORRUPT
 */
export function comparable(record: Buffer): { readonly profile: Buffer; readonly memberships: readonly string[] } {
  return {
    profile: WITHOUT_RULES.encode(WITHOUT_RULES.decode('', record)),
    memberships: [...CUSTOMER.decode('', record).of(RULES).members.keys()].sort(),
  };
}
