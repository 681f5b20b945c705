import type { BgNbdModel, PurchaseHistory } from './bg-nbd';

/** The probability that the customer has not left yet (Fader, Hardie and Lee 2008, "Computing P(alive) using the BG/NBD model"). */
export function probabilityAlive({ r, alpha, a, b }: BgNbdModel, { frequency: x, recency, age }: PurchaseHistory): number {
  if (x === 0) return 1;
  const odds = Math.log(a / (b + x - 1)) + (r + x) * (Math.log(alpha + age) - Math.log(alpha + recency));
  return 1 / (1 + Math.exp(odds));
}

/**
 * Expected orders in the next `time` (Fader, Hardie and Lee 2005, equation 10), at least 0.
 *
 * With ε = a − 1, c = a + b + x − 1, z = t/(α+T+t), Euler's transformation (NIST DLMF 15.8.1) turns the paper's
 * (1−z)^(r+x)·₂F₁(r+x, b+x; c; z) into (1−z)^ε·₂F₁(ε, a+b−1−r; c; z). Written as 1 + ε·S the series cancels the division by a − 1,
 * so nothing overflows for thousands of orders and a = 1 is no special case.
 */
export function expectedOrders(model: BgNbdModel, history: PurchaseHistory, time: number): number {
  if (!(time > 0)) return 0;
  const { r, alpha, a, b } = model;
  const { frequency: x, age } = history;
  const epsilon = a - 1;
  const c = a + b + x - 1;
  const log = Math.log((alpha + age) / (alpha + age + time)); // ln(1 − z)
  const power = epsilon * log;
  const ratio = Math.abs(power) < 1e-12 ? log : Math.expm1(power) / epsilon;
  const orders = -(c * ratio + Math.exp(power) * seriesOverEpsilon(epsilon, a + b - 1 - r, c, time / (alpha + age + time)));
  return Math.max(0, orders * probabilityAlive(model, history));
}

/** c·S = c·(₂F₁(ε, β; c; z) − 1)/ε = Σ_{n ≥ 1} (ε+1)_{n−1}·(β)_n / ((c+1)_{n−1}·n!)·zⁿ. */
function seriesOverEpsilon(epsilon: number, beta: number, c: number, z: number): number {
  let term = beta * z;
  let sum = term;
  for (let n = 1; n < 100_000 && Math.abs(term) > 1e-16 * Math.abs(sum); n++) {
    term *= (((epsilon + n) * (beta + n)) / ((c + n) * (n + 1))) * z;
    sum += term;
  }
  return sum;
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
