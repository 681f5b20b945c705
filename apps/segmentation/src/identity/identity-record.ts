import { userKey, type Event } from '@tradewind/contracts';
import type { Feature, UserState } from '@tradewind/feature-store';
import { Trail } from './trail';

/** Whose events a user's are. */
export interface IdentityRecord {
  /** User key that the user turned out to be an alias of; '' for none. */
  mergedInto: string;
  /** Of the link that says so, epoch milliseconds UTC. */
  linkedAtMs: number;
  trail: Trail;
}

/** Written atomically with the profile and its log position. Not in the fingerprint of the state: who has none asks the log. */
export const IDENTITY: Feature<IdentityRecord> = {
  name: 'identity',
  tag: 125,
  initial: () => ({ mergedInto: '', linkedAtMs: 0, trail: new Trail(true) }),
  missing: () => ({ mergedInto: '', linkedAtMs: 0, trail: new Trail(false) }),
  apply: () => undefined,
  encode({ mergedInto, linkedAtMs, trail }, writer) {
    writer.text(mergedInto);
    writer.number(linkedAtMs);
    trail.encode(writer);
  },
  decode: (reader) => ({ mergedInto: reader.text(), linkedAtMs: reader.number(), trail: Trail.decode(reader) }),
  columns: [],
};

/** Whether the user's events belong to someone else: then the record holds no profile and no memberships. */
export function isMerged(user: UserState): boolean {
  return user.of(IDENTITY).mergedInto !== '';
}

/** Whether the user's key is an anonymous id: of a visitor who is not known, or was not until the key was merged. */
export function isKnownByAnonymousId(user: UserState): boolean {
  return user.of(IDENTITY).trail.isAnonymous;
}

/** Whether the event was sent by a visitor who is known by an anonymous id only, and is kept under that id. */
export function isAnonymous({ sourceId, userId, anonymousId, userKey: key }: Event): boolean {
  return userId === '' && key === userKey(sourceId, anonymousId);
}
