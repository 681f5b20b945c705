import type { BgNbdModel, PurchaseHistory } from './bg-nbd';

/** Enough for a horizon of 30,000 times the history. */
const MOST_TERMS = 1_000_000;
const SMALLEST_MASS = 1e-290;

/** The probability that the customer has not left yet (Fader, Hardie and Lee 2008, "Computing P(alive) using the BG/NBD model"). */
export function probabilityAlive({ r, alpha, a, b }: BgNbdModel, { frequency: x, recency, age }: PurchaseHistory): number {
  if (x === 0) return 1;
  const odds = Math.log(a / (b + x - 1)) + (r + x) * (Math.log(alpha + age) - Math.log(alpha + recency));
  return 1 / (1 + Math.exp(odds));
}

/**
 * Expected orders in the next `time` (Fader, Hardie and Lee 2005, equation 10), at least 0.
 *
 * The paper's (1−z)^(r+x)·₂F₁(r+x, b+x; c; z), c = a+b+x−1, z = t/(α+T+t), is the mean of w_N = (b+x)_N/(c)_N over N ~ negative
 * binomial(r+x, z), the orders of someone who never leaves. c·(1 − w_N)/(a − 1) is the sum over i < N of v_i, v_0 = 1,
 * v_i = v_(i−1)·(b+x+i−1)/(c+i), which leaves Σ_i P(N > i)·v_i: all terms positive, no division by a − 1, and nothing overflows for
 * thousands of orders or customers who hardly ever leave.
 */
export function expectedOrders(model: BgNbdModel, history: PurchaseHistory, time: number): number {
  if (!(time > 0)) return 0;
  const { r, alpha, a, b } = model;
  const { frequency: x, age } = history;
  const stay = -Math.log1p(time / (alpha + age)); // ln(1 − z)
  const z = time / (alpha + age + time);
  const any = -Math.expm1((r + x) * stay); // P(N > 0)
  let logMass = (r + x) * stay; // ln P(N = i), followed for as long as P is too small for a number
  let mass = Math.exp(logMass);
  let [more, still, orders] = [any, 1, any]; // P(N > i), v_i, the sum
  const mode = ((r + x) * time) / (alpha + age);
  for (let i = 1; i < MOST_TERMS && more > 0 && (i <= mode || mass > 1e-16 * any * (1 - z)); i++) {
    const factor = ((r + x + i - 1) / i) * z;
    mass = mass > SMALLEST_MASS ? mass * factor : Math.exp((logMass += Math.log(factor)));
    more -= mass;
    still *= (b + x + i - 1) / (a + b + x - 1 + i);
    orders += more * still;
  }
  return orders * probabilityAlive(model, history);
}

/** The probability of at least one order in the next `time`: alive now, and the gamma-Poisson rate gives one. */
export function probabilityOfOrder(model: BgNbdModel, history: PurchaseHistory, time: number): number {
  const { r, alpha } = model;
  const none = -(r + history.frequency) * Math.log1p(Math.max(0, time) / (alpha + history.age));
  return probabilityAlive(model, history) * -Math.expm1(none);
}

/**
 * The time from now by which the next order has come with probability `share`, for a customer who has not left; the median by default.
 * With `unconditional` leaving counts: null when the customer is less likely than `share` to order ever again.
 */
export function timeToNextOrder(
  model: BgNbdModel,
  history: PurchaseHistory,
  { share = 0.5, unconditional = false }: { readonly share?: number; readonly unconditional?: boolean } = {},
): number | null {
  const { r, alpha } = model;
  const needed = unconditional ? share / probabilityAlive(model, history) : share;
  if (!(needed < 1)) return null;
  return (alpha + history.age) * Math.expm1(-Math.log1p(-needed) / (r + history.frequency));
}
