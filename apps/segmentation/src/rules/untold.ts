import type { OutboundRecord } from '@tradewind/eventing';
import { createAttribute, type UserState } from '@tradewind/feature-store';
import { toRuleRecords, type RuleMove } from './rule-outputs';

/** Moves that were decided and stored before they were told. */
export interface Untold {
  moves: readonly RuleMove[];
}

/**
 * Moves to another rule set depend on when they are made, so they cannot be decided again after a crash: they are stored with the state they
 * belong to, then told, then taken out. Empty nearly always.
 */
export const UNTOLD = createAttribute<Untold>({
  name: 'untold',
  tag: 126,
  initial: () => ({ moves: [] }),
  encode({ moves }, writer) {
    writer.varint(moves.length);
    for (const move of moves) writer.text(JSON.stringify(move));
  },
  decode(reader) {
    const count = reader.varint();
    return { moves: Array.from({ length: count }, () => JSON.parse(reader.text()) as RuleMove) };
  },
});

/** The records of what a crash kept from being told; the user's record no longer has it. Publish them before the record is stored. */
export function takeUntold(user: UserState): OutboundRecord[] {
  const untold = user.of(UNTOLD);
  if (untold.moves.length === 0) return NOTHING;
  const records = untold.moves.flatMap(toRuleRecords);
  untold.moves = [];
  return records;
}

const NOTHING: OutboundRecord[] = [];
