import { EVENT, TOPICS, type Event } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { evaluateLog, type Rule } from '@tradewind/rules';
import type { MembershipTally } from './membership-tally';

export interface MembershipCheck {
  readonly users: number;
  /** Memberships that hold by the log. */
  readonly memberships: number;
  /** Told and not so, or so and not told. */
  readonly wrong: number;
  /** Up to five, as `user segment told|missing`. */
  readonly examples: readonly string[];
}

export interface CheckOptions {
  readonly log: EventLog;
  readonly rules: readonly Rule[];
  readonly tally: MembershipTally;
  /** The moment that is judged, epoch milliseconds UTC; everything due by then must have been told. */
  readonly atMs: number;
  isSampled(userKey: string): boolean;
}

/** Judges what was told of the sampled users by a brute-force evaluation of all their events on the log. */
export async function checkMemberships({ log, rules, tally, atMs, isSampled }: CheckOptions): Promise<MembershipCheck> {
  const byUser = new Map<string, Event[]>();
  for await (const records of log.read(TOPICS.events.name)) {
    for (const { key, value } of records) {
      const userKey = String(key);
      if (!isSampled(userKey)) continue;
      const events = byUser.get(userKey);
      if (events) events.push(EVENT.decode(value));
      else byUser.set(userKey, [EVENT.decode(value)]);
    }
  }
  const found = { users: byUser.size, memberships: 0, wrong: 0, examples: [] as string[] };
  for (const [userKey, events] of byUser) {
    const expected = new Set(evaluateLog(rules, userKey, events, atMs));
    const told = new Set(tally.membershipsAt(userKey, atMs));
    found.memberships += expected.size;
    const extra = [...told].filter((id) => !expected.has(id)).map((id) => `${userKey} ${id} told`);
    const missing = [...expected].filter((id) => !told.has(id)).map((id) => `${userKey} ${id} missing`);
    found.wrong += extra.length + missing.length;
    found.examples.push(...[...extra, ...missing].slice(0, 5 - found.examples.length));
  }
  return found;
}
