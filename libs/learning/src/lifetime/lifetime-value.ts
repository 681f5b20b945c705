import type { BgNbdModel, PurchaseHistory } from './bg-nbd';
import { expectedOrders } from './bg-nbd-predictions';

export interface LifetimeValueOptions {
  /** Expected amount of an order, e.g. by `expectedAmount`. */
  readonly amount: number;
  /** How far to look, in the model's unit of time. */
  readonly horizon: number;
  /** Share of an amount that is earned. @default 1 */
  readonly margin?: number;
  /** Rate by which a later amount counts less, a unit of time: 1 + rate to the power of the time. @default 0 */
  readonly discountRate?: number;
}

/** Steps the horizon is cut into; each one's orders count at its middle. */
const STEPS = 52;

/** Discounted value of a customer's orders in the horizon: Σ over steps of expected orders × amount × margin / (1 + rate)^time. */
export function lifetimeValue(model: BgNbdModel, history: PurchaseHistory, options: LifetimeValueOptions): number {
  const { amount, horizon, margin = 1, discountRate = 0 } = options;
  if (discountRate === 0) return expectedOrders(model, history, horizon) * amount * margin;
  let value = 0;
  let before = 0;
  for (let step = 1; step <= STEPS; step++) {
    const until = (horizon * step) / STEPS;
    const orders = expectedOrders(model, history, until);
    value += (orders - before) / (1 + discountRate) ** (until - horizon / STEPS / 2);
    before = orders;
  }
  return value * amount * margin;
}
