import type { LeafFacts } from '../tracks/track';
import type { UserRuleState } from './user-rule-state';

/** An event that counts for a condition. */
export interface EvidenceEvent {
  /** Which events of the condition it is one of, e.g. `Product Viewed where category is "shoes"`; for traits the trait. */
  readonly what: string;
  /** Event time, epoch milliseconds UTC. */
  readonly atMs: number;
  /** Absent for events before the last 16 that concerned any rule, and for those without one. */
  readonly messageId?: string;
  /** What was read from it, where something was. */
  readonly value?: string | number;
}

export function evidenceEvents({ slots, values }: LeafFacts, what: string, user: UserRuleState): EvidenceEvent[] {
  return slots.map((slot, i) => {
    const event: { -readonly [K in keyof EvidenceEvent]: EvidenceEvent[K] } = { what, atMs: user.times[slot]! };
    const messageId = user.messageId(slot);
    if (messageId !== '') event.messageId = messageId;
    if (values !== undefined) event.value = values[i];
    return event;
  });
}
