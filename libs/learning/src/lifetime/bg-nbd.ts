import { minimise, type Objective } from '../minimise';

// Bound once: looked up on Math each time, they take most of a fit.
const { exp, log, log1p } = Math;

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
  return -sumNegative(condense(histories), [r, alpha, a, b], new Float64Array(4));
}

/** Of ln r, ln α, ln a, ln b, with its gradient; for `minimise`. */
export function negativeLogLikelihood(histories: PurchaseHistories): Objective {
  const condensed = condense(histories);
  return (logs, gradient) => {
    if (logs.some((value) => Math.abs(value) > LOG_LIMIT)) return Infinity;
    const parameters = Array.from(logs, Math.exp);
    const value = sumNegative(condensed, parameters, gradient);
    gradient.forEach((slope, i) => (gradient[i] = slope * parameters[i]!));
    return value;
  };
}

/** Each history that occurs, once, with the number of customers who have it. */
interface CondensedHistories {
  readonly frequency: readonly number[];
  readonly recency: readonly number[];
  readonly age: readonly number[];
  readonly customers: readonly number[];
}

/** Whole days make most histories common to many customers: CDNOW's 23,570 customers have 8,685 of them. */
function condense({ frequency, recency, age }: PurchaseHistories): CondensedHistories {
  const places = new Map<string, number>();
  const condensed = { frequency: [] as number[], recency: [] as number[], age: [] as number[], customers: [] as number[] };
  for (let i = 0; i < frequency.length; i++) {
    const key = `${frequency[i]} ${recency[i]} ${age[i]}`;
    const place = places.get(key);
    if (place !== undefined) {
      condensed.customers[place]!++;
      continue;
    }
    places.set(key, condensed.customers.push(1) - 1);
    condensed.frequency.push(frequency[i]!);
    condensed.recency.push(recency[i]!);
    condensed.age.push(age[i]!);
  }
  return condensed;
}

/**
 * Equation 6 as written in the paper's appendix: L = A1·A2·(A3 + δ·A4). For whole x the gamma functions of A1 and A2 are products of
 * (r + i), (b + i) and (a + b + i), which nothing cancels in; they are tabulated by x. Fills the gradient.
 */
function sumNegative(histories: CondensedHistories, parameters: readonly number[], gradient: Float64Array): number {
  const { frequency, recency, age, customers } = histories;
  const [r, alpha, a, b] = parameters as [number, number, number, number];
  const tables = tabulate(frequency, r, a, b);
  const logAlpha = log(alpha);
  let [sum, byR, byAlpha, byA, byB] = [0, 0, 0, 0, 0];
  for (let i = 0; i < customers.length; i++) {
    const [x, count] = [frequency[i]!, customers[i]!];
    const ending = log(alpha + age[i]!);
    let [lastLog, odds, left] = [ending, 0, 0];
    if (x > 0) {
      // ln of A4 / A3: having left after the last order against having stayed since; `left` is its share in the likelihood.
      lastLog = log(alpha + recency[i]!);
      odds = log(a / (b + x - 1)) - (r + x) * (lastLog - ending);
      left = 1 / (1 + exp(-odds));
    }
    const either = x === 0 ? 0 : (odds > 0 ? odds : 0) + log1p(exp(odds > 0 ? -odds : odds));
    sum += count * (tables.value[x]! + r * logAlpha - (r + x) * ending + either);
    byR += count * (tables.byR[x]! + logAlpha - (1 - left) * ending - left * lastLog);
    byAlpha += count * (r / alpha - (r + x) * ((1 - left) / (alpha + age[i]!) + left / (alpha + recency[i]!)));
    byA += count * (tables.byA[x]! + left / a);
    byB += count * (tables.byB[x]! - (x > 0 ? left / (b + x - 1) : 0));
  }
  gradient.set([-byR, -byAlpha, -byA, -byB]);
  return -sum;
}

/** By x: ln of Γ(r+x)/Γ(r) · B(a, b+x)/B(a, b), and its derivatives. */
function tabulate(frequency: readonly number[], r: number, a: number, b: number) {
  const most = frequency.reduce((largest, x) => (x > largest ? x : largest), 0);
  const [value, byR, byA, byB] = [0, 1, 2, 3].map(() => new Float64Array(most + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let x = 0; x < most; x++) {
    value[x + 1] = value[x]! + log(r + x) + log(b + x) - log(a + b + x);
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
