import { minimise } from '../minimise';

/** What the model needs of each customer's orders; all three of equal length, times in one unit of choice (weeks, days). */
export interface PurchaseHistories {
  /** x: orders after the first one, counted once a day or as the caller counts. */
  readonly frequency: ArrayLike<number>;
  /** t_x: time from the first to the last order; 0 when x = 0. */
  readonly recency: ArrayLike<number>;
  /** T: time from the first order to the end of observation; T ≥ t_x. */
  readonly age: ArrayLike<number>;
}

/** One customer of `PurchaseHistories`. */
export interface PurchaseHistory {
  readonly frequency: number;
  readonly recency: number;
  readonly age: number;
}

/**
 * BG/NBD (Fader, Hardie and Lee 2005, "Counting your customers the easy way", Marketing Science 24(2)): while alive a customer orders at a
 * rate λ ~ gamma(r, α), and after each order leaves for good with probability p ~ beta(a, b).
 */
export interface BgNbdModel {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

export interface BgNbdFit extends BgNbdModel {
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Logarithms of the parameters beyond this stand for a limit of the model, not for a size. */
const LOG_LIMIT = 12;
/** Starts in units where the mean age is 1: few and many orders a customer, little and much leaving. */
const STARTS = [
  [0.5, 0.3, 1, 2.5],
  [1, 1, 0.3, 5],
  [0.2, 0.05, 2, 4],
];

/**
 * Maximum likelihood over the logarithms of the parameters. Times are scaled by the mean age within, so that their unit does not matter.
 * @throws RangeError when there is no customer, lengths differ, or a history cannot be (x < 0, t_x > T, x > 0 at t_x = 0 …).
 */
export function fitBgNbd(histories: PurchaseHistories): BgNbdFit {
  const unit = assertHistories(histories);
  const scaled = {
    frequency: histories.frequency,
    recency: Float64Array.from(histories.recency, (t) => t / unit),
    age: Float64Array.from(histories.age, (t) => t / unit),
  };
  const objective = negativeLogLikelihood(scaled);
  const starts = STARTS.map((start) => Float64Array.from(start, Math.log));
  const valueAt = new Map(starts.map((start) => [start, objective(start, new Float64Array(4))]));
  starts.sort((one, other) => valueAt.get(one)! - valueAt.get(other)!);
  let best = minimise(objective, starts[0]!);
  for (const start of best.converged ? [] : starts.slice(1)) {
    const run = minimise(objective, start);
    if (run.value < best.value) best = run;
  }
  const [r, alpha, a, b] = Array.from(best.at, Math.exp) as [number, number, number, number];
  const model = { r, alpha: alpha * unit, a, b };
  return { ...model, logLikelihood: bgNbdLogLikelihood(model, histories), iterations: best.iterations, converged: best.converged };
}

/** The sum over customers of equation 6, in the given unit of time. */
export function bgNbdLogLikelihood({ r, alpha, a, b }: BgNbdModel, histories: PurchaseHistories): number {
  return -sumNegative(histories, [r, alpha, a, b], null);
}

/** Of ln r, ln α, ln a, ln b, with its gradient; for `minimise`. */
export function negativeLogLikelihood(histories: PurchaseHistories) {
  return (logs: Float64Array, gradient: Float64Array): number => {
    if (logs.some((log) => Math.abs(log) > LOG_LIMIT)) return Infinity;
    const parameters = Array.from(logs, Math.exp);
    const value = sumNegative(histories, parameters, gradient.fill(0));
    gradient.forEach((slope, i) => (gradient[i] = slope * parameters[i]!));
    return value;
  };
}

/**
 * Equation 6 as written in the paper's appendix: L = A1·A2·(A3 + δ·A4). For whole x the gamma functions of A1 and A2 are products of
 * (r + i), (b + i) and (a + b + i), which nothing cancels in; they are tabulated by x.
 */
function sumNegative({ frequency, recency, age }: PurchaseHistories, parameters: readonly number[], gradient: Float64Array | null): number {
  const [r, alpha, a, b] = parameters as [number, number, number, number];
  const tables = tabulate(frequency, r, a, b);
  const total = frequency.length;
  let sum = total * 0;
  const slopes = [0, 0, 0, 0] as [number, number, number, number];
  for (let i = 0; i < total; i++) {
    const x = frequency[i]!;
    const ending = Math.log(alpha + age[i]!);
    const stayed = -(r + x) * ending;
    let log = stayed;
    let left = 0; // the share of having left in the likelihood
    if (x > 0) {
      // ln of A4 / A3: having left after the last order against having stayed since.
      const odds = Math.log(a / (b + x - 1)) - (r + x) * (Math.log(alpha + recency[i]!) - ending);
      log += Math.max(odds, 0) + Math.log1p(Math.exp(-Math.abs(odds)));
      left = 1 / (1 + Math.exp(-odds));
    }
    sum += tables.value[x]! + r * Math.log(alpha) + log;
    if (gradient === null) continue;
    const lastLog = x > 0 ? Math.log(alpha + recency[i]!) : ending;
    slopes[0] += tables.byR[x]! + Math.log(alpha) - (1 - left) * ending - left * lastLog;
    slopes[1] += r / alpha - (r + x) * ((1 - left) / (alpha + age[i]!) + left / (alpha + recency[i]!));
    slopes[2] += tables.byA[x]! + left / a;
    slopes[3] += tables.byB[x]! - (x > 0 ? left / (b + x - 1) : 0);
  }
  slopes.forEach((slope, i) => gradient && (gradient[i] = -slope));
  return -sum;
}

/** By x: ln of Γ(r+x)/Γ(r) · B(a, b+x)/B(a, b), and its derivatives. */
function tabulate(frequency: ArrayLike<number>, r: number, a: number, b: number) {
  let most = 0;
  for (let i = 0; i < frequency.length; i++) most = Math.max(most, frequency[i]!);
  const [value, byR, byA, byB] = [0, 1, 2, 3].map(() => new Float64Array(most + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let x = 0; x < most; x++) {
    value[x + 1] = value[x]! + Math.log(r + x) + Math.log(b + x) - Math.log(a + b + x);
    byR[x + 1] = byR[x]! + 1 / (r + x);
    byA[x + 1] = byA[x]! - 1 / (a + b + x);
    byB[x + 1] = byB[x]! + 1 / (b + x) - 1 / (a + b + x);
  }
  return { value, byR, byA, byB };
}

/** Returns the mean age. */
function assertHistories({ frequency, recency, age }: PurchaseHistories): number {
  if (frequency.length === 0) throw new RangeError('BG/NBD needs at least one customer');
  if (recency.length !== frequency.length || age.length !== frequency.length)
    throw new RangeError('frequency, recency and age differ in length');
  let sum = 0;
  for (let i = 0; i < frequency.length; i++) {
    const [x, last, end] = [frequency[i]!, recency[i]!, age[i]!];
    const isPossible = Number.isInteger(x) && x >= 0 && last >= 0 && end >= last && Number.isFinite(end) && (x > 0 || last === 0);
    if (!isPossible) throw new RangeError(`customer ${i} cannot be: ${x} orders after the first, the last at ${last} of ${end}`);
    sum += end;
  }
  return sum > 0 ? sum / frequency.length : 1;
}
