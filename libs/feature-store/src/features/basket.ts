import type { Feature } from '../feature';
import { EventKind, kindOf } from './event-kind';
import { ratio, unitsOf } from './units';

export interface Basket {
  /** Orders that listed their products. */
  orders: number;
  lines: number;
  units: number;
}

/** How large orders are: `basket_lines_mean` different products and `basket_units_mean` units per order that lists products. */
export const basket: Feature<Basket> = {
  name: 'basket',
  tag: 3,
  initial: () => ({ orders: 0, lines: 0, units: 0 }),
  apply(state, event) {
    if (event.items.length === 0 || kindOf(event) !== EventKind.order) return;
    state.orders++;
    state.lines += event.items.length;
    for (const item of event.items) state.units += unitsOf(item);
  },
  encode(state, writer) {
    writer.number(state.orders);
    writer.number(state.lines);
    writer.number(state.units);
  },
  decode: (reader) => ({ orders: reader.number(), lines: reader.number(), units: reader.number() }),
  columns: [
    { name: 'basket_lines_mean', read: (s) => ratio(s.lines, s.orders) },
    { name: 'basket_units_mean', read: (s) => ratio(s.units, s.orders) },
  ],
};
