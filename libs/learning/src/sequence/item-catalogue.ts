import type { Sequences } from '../recommend/sequences';

/** The items that a model learns, numbered without gaps. */
export interface ItemCatalogue {
  /** Item of each number of the model. */
  readonly items: Int32Array;
  /** Number in the model of each item, −1 for items that it does not learn. */
  readonly numbers: Int32Array;
  /** Events of each number of the model. */
  readonly counts: Int32Array;
}

/** The items with at least `minEvents` events, in item order. @throws RangeError when there are none */
export function createItemCatalogue({ items, itemCount }: Sequences, minEvents = 1): ItemCatalogue {
  const events = new Int32Array(itemCount);
  for (const item of items) events[item]!++;
  const learned = Int32Array.from(events.keys()).filter((item) => events[item]! >= minEvents);
  if (learned.length === 0) throw new RangeError(`no item has ${minEvents} events`);
  const numbers = new Int32Array(itemCount).fill(-1);
  learned.forEach((item, number) => (numbers[item] = number));
  return { items: learned, numbers, counts: learned.map((item) => events[item]!) };
}

/** Sequences of numbers of the model; events of other items are left out, sequences stay, however short. */
export function toModelSequences({ offsets, items }: Sequences, { numbers, items: learned }: ItemCatalogue): Sequences {
  const kept = new Int32Array(items.length);
  const starts = new Int32Array(offsets.length);
  let length = 0;
  for (let sequence = 0; sequence + 1 < offsets.length; sequence++) {
    for (let at = offsets[sequence]!; at < offsets[sequence + 1]!; at++)
      if (numbers[items[at]!]! >= 0) kept[length++] = numbers[items[at]!]!;
    starts[sequence + 1] = length;
  }
  return { itemCount: learned.length, offsets: starts, items: kept.slice(0, length) };
}
