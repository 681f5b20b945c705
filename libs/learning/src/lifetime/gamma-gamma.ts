import { minimise } from '../minimise';
import { digamma, logGamma } from './gamma-function';

/** Customers with at least one order that counts. */
export interface SpendHistories {
  /** x: orders the mean is taken over, 1 or more. */
  readonly orders: ArrayLike<number>;
  /** z̄: mean amount of an order, above 0. */
  readonly meanAmount: ArrayLike<number>;
}

/**
 * Gamma-gamma model of amounts (Fader and Hardie 2013, "The gamma-gamma model of monetary value"): an order's amount is gamma(p, ν), and ν
 * differs between customers as gamma(q, γ). Takes amounts as independent of how often a customer orders.
 */
export interface GammaGammaModel {
  readonly p: number;
  readonly q: number;
  readonly gamma: number;
}

export interface GammaGammaFit extends GammaGammaModel {
  readonly logLikelihood: number;
  readonly converged: boolean;
}

const LOG_LIMIT = 12;
const STARTS = [
  [5, 4, 3],
  [1, 2, 1],
  [20, 3, 0.2],
];

/** Maximum likelihood (equation 1a). @throws RangeError when there is no customer, or an amount or a count is not above 0. */
export function fitGammaGamma({ orders, meanAmount }: SpendHistories): GammaGammaFit {
  const unit = meanOf(orders, meanAmount);
  const scaled = { orders, meanAmount: Float64Array.from(meanAmount, (amount) => amount / unit) };
  const objective = negativeSpendLogLikelihood(scaled);
  const runs = STARTS.map((start) => minimise(objective, start.map(Math.log)));
  const best = runs.reduce((least, run) => (run.value < least.value ? run : least));
  const [p, q, gamma] = Array.from(best.at, Math.exp) as [number, number, number];
  // The density of an amount is that of the scaled one over the unit.
  return { p, q, gamma: gamma * unit, logLikelihood: -best.value - orders.length * Math.log(unit), converged: best.converged };
}

/** A customer's mean amount as the model expects it (equation 5): between the customer's own mean and everyone's. Of 0 orders everyone's. */
export function expectedAmount({ p, q, gamma }: GammaGammaModel, orders: number, meanAmount: number): number {
  if (p * orders + q <= 1) return meanAmount;
  return (p * (gamma + orders * meanAmount)) / (p * orders + q - 1);
}

/** Of ln p, ln q, ln γ, with its gradient; for `minimise`. */
export function negativeSpendLogLikelihood({ orders, meanAmount }: SpendHistories) {
  return (logs: Float64Array, gradient: Float64Array): number => {
    if (logs.some((log) => Math.abs(log) > LOG_LIMIT)) return Infinity;
    const [p, q, gamma] = Array.from(logs, Math.exp) as [number, number, number];
    const [ofQ, slopeOfQ] = [logGamma(q), digamma(q)];
    let [sum, byP, byQ, byGamma] = [0, 0, 0, 0];
    for (let i = 0; i < orders.length; i++) {
      const [x, z] = [orders[i]!, meanAmount[i]!];
      const [a, s] = [p * x, gamma + x * z];
      const [logS, both] = [Math.log(s), digamma(a + q)];
      sum += logGamma(a + q) - logGamma(a) - ofQ + q * Math.log(gamma) + (a - 1) * Math.log(z) + a * Math.log(x) - (a + q) * logS;
      byP += x * (both - digamma(a) + Math.log(z) + Math.log(x) - logS);
      byQ += both - slopeOfQ + Math.log(gamma) - logS;
      byGamma += q / gamma - (a + q) / s;
    }
    gradient.set([-byP * p, -byQ * q, -byGamma * gamma]);
    return -sum;
  };
}

function meanOf(orders: ArrayLike<number>, meanAmount: ArrayLike<number>): number {
  if (orders.length === 0 || orders.length !== meanAmount.length)
    throw new RangeError(`${orders.length} counts with ${meanAmount.length} amounts`);
  let sum = 0;
  for (let i = 0; i < orders.length; i++) {
    if (!(orders[i]! > 0 && meanAmount[i]! > 0 && Number.isFinite(meanAmount[i]!)))
      throw new RangeError(`customer ${i}: ${orders[i]} orders of ${meanAmount[i]} on average`);
    sum += meanAmount[i]!;
  }
  return sum / orders.length;
}
