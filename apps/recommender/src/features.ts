import { createAttribute, createFeatureSet, itemHistory, type UserState } from '@tradewind/feature-store';

/** Which model made the list that was last published for a customer. */
export interface Listed {
  modelVersion: string;
}

export const LISTED = createAttribute<Listed>({
  name: 'listed',
  tag: 121,
  initial: () => ({ modelVersion: '' }),
  encode: (state, writer) => writer.text(state.modelVersion),
  decode: (reader) => ({ modelVersion: reader.text() }),
});

/** What a customer bought and still has, and what was last shown. */
export const SHOPPER = createFeatureSet([itemHistory, LISTED]);

/** One entry of a history, most recent last. */
export interface Bought {
  readonly itemId: string;
  readonly quantity: number;
  /** Epoch milliseconds UTC. */
  readonly lastAtMs: number;
}

export function boughtBy(state: UserState): Bought[] {
  return Array.from(state.of(itemHistory), ([itemId, { quantity, lastAtMs }]) => ({ itemId, quantity, lastAtMs }));
}
