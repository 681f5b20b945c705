import type { Event } from '@tradewind/contracts';
import type { Feature } from '../feature';
import { EventKind, kindOf } from './event-kind';
import { unitsOf } from './units';

/** Distinct items a history holds. */
export const HISTORY_ITEMS = 256;

/** Keeps the steps between two times exact: the year 128,000. */
const FARTHEST_MS = 4e15;

export interface HistoryItem {
  /** Units bought less units refunded; above 0. */
  quantity: number;
  /** Latest order with the item, epoch milliseconds UTC. */
  lastAtMs: number;
}

/** By item id, least recently bought first (in log order). */
export type ItemHistory = Map<string, HistoryItem>;

/**
 * The last 256 distinct items a customer bought and still has: what the recommender starts from and what it must not
 * recommend again. An item whose every unit was refunded leaves; a refund of an item that is not in the history does nothing.
 */
export const itemHistory: Feature<ItemHistory> = {
  name: 'item history',
  tag: 9,
  initial: () => new Map(),
  apply(history, event) {
    if (event.items.length === 0) return;
    const kind = kindOf(event);
    if (kind === EventKind.order) for (const item of event.items) buy(history, item.productId, unitsOf(item), event.occurredAtMs);
    if (kind === EventKind.refund) for (const item of event.items) takeBack(history, item.productId, unitsOf(item));
  },
  /** Times as steps from the item before: those of one order take a byte. */
  encode(history, writer) {
    writer.varint(history.size);
    let previousMs = 0;
    history.forEach(({ quantity, lastAtMs }, itemId) => {
      writer.text(itemId);
      writer.number(quantity);
      writer.number(lastAtMs - previousMs);
      previousMs = lastAtMs;
    });
  },
  decode(reader) {
    const history: ItemHistory = new Map();
    let lastAtMs = 0;
    for (let left = reader.varint(); left > 0; left--) {
      const itemId = reader.text();
      const quantity = reader.number();
      lastAtMs += reader.number();
      history.set(itemId, { quantity, lastAtMs });
    }
    return history;
  },
  columns: [],
};

/** Whether the event can change an item history: an order or a refund that lists products. */
export function changesHistory(event: Event): boolean {
  if (event.items.length === 0) return false;
  const kind = kindOf(event);
  return kind === EventKind.order || kind === EventKind.refund;
}

function buy(history: ItemHistory, itemId: string, units: number, occurredAtMs: number): void {
  if (itemId === '' || units === 0) return;
  const atMs = Math.max(-FARTHEST_MS, Math.min(FARTHEST_MS, occurredAtMs));
  const known = history.get(itemId);
  if (known === undefined) {
    history.set(itemId, { quantity: units, lastAtMs: atMs });
    if (history.size > HISTORY_ITEMS) history.delete(history.keys().next().value!);
    return;
  }
  known.quantity += units;
  if (atMs > known.lastAtMs) known.lastAtMs = atMs;
  history.delete(itemId);
  history.set(itemId, known);
}

function takeBack(history: ItemHistory, itemId: string, units: number): void {
  const known = history.get(itemId);
  if (known === undefined) return;
  known.quantity -= units;
  if (known.quantity <= 1e-9) history.delete(itemId);
}
