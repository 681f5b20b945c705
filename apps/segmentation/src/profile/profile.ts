import { SHOP_PROFILE, createFeatureGroup, type ProfileValue, type UserState } from '@tradewind/feature-store';

/** Everything declared about visitors beside the columns of models. Changing the declaration is enough: what it changes is made anew from the log. */
export const PROFILE = createFeatureGroup({ name: 'profile', tag: 122 }, SHOP_PROFILE);

/** What is declared about a visitor, as it is known now. */
export interface ProfileView {
  /** Of the declaration. */
  readonly fingerprint: string;
  /** False while something of it is still made from the log; it is left out then. */
  readonly isComplete: boolean;
  /** Windows end and decays are read here, epoch milliseconds UTC. */
  readonly asOfMs: number;
  /** By name, in the unit the name says. */
  readonly values: Readonly<Record<string, ProfileValue>>;
}

/** @param asOfMs the user's latest event when it is earlier; epoch milliseconds UTC */
export function viewProfile(user: UserState, asOfMs: number): ProfileView {
  const state = user.of(PROFILE);
  const readAtMs = Math.max(asOfMs, user.lastEventAtMs);
  return {
    fingerprint: PROFILE.fingerprint,
    isComplete: PROFILE.isComplete(state),
    asOfMs: readAtMs,
    values: PROFILE.show(state, readAtMs),
  };
}
