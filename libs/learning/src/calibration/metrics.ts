/** A list that can be read by place; labels are 0 or 1. */
export type Numbers = ArrayLike<number>;

/** Probability that a row of label 1 has a higher score than a row of label 0, equal scores half (Mann–Whitney); NaN of one class only. */
export function areaUnderRoc(labels: Numbers, scores: Numbers): number {
  const order = orderBy(scores);
  let [positives, rankSum] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from;
    let inTie = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) inTie += labels[order[to]!]!;
    rankSum += (inTie * (from + 1 + to)) / 2; // mean rank of the tie, from 1
    positives += inTie;
    from = to;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean of −ln(probability of what happened); probabilities are held within [1e-15, 1 − 1e-15]. */
export function logLoss(labels: Numbers, probabilities: Numbers): number {
  return meanOver(labels, (row) => {
    const p = Math.min(1 - 1e-15, Math.max(1e-15, probabilities[row]!));
    return -Math.log(labels[row]! === 1 ? p : 1 - p);
  });
}

/** Mean squared distance of the probability to what happened (Brier 1950). */
export function brierScore(labels: Numbers, probabilities: Numbers): number {
  return meanOver(labels, (row) => (probabilities[row]! - labels[row]!) ** 2);
}

/** One bin of a calibration curve. */
export interface CalibrationBin {
  readonly rows: number;
  readonly meanProbability: number;
  /** Share of label 1. */
  readonly rate: number;
}

/** Predicted against observed, in `bins` groups of equally many rows by rising probability. @default bins 10 */
export function calibrationCurve(labels: Numbers, probabilities: Numbers, bins = 10): CalibrationBin[] {
  const order = orderBy(probabilities);
  const curve: CalibrationBin[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const rows = order.subarray(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    if (rows.length === 0) continue;
    let [predicted, observed] = [0, 0];
    for (const row of rows) {
      predicted += probabilities[row]!;
      observed += labels[row]!;
    }
    curve.push({ rows: rows.length, meanProbability: predicted / rows.length, rate: observed / rows.length });
  }
  return curve;
}

/** Expected calibration error: mean |predicted − observed| over bins of equally many rows (Nixon et al. 2019). @default bins 10 */
export function calibrationError(labels: Numbers, probabilities: Numbers, bins = 10): number {
  const curve = calibrationCurve(labels, probabilities, bins);
  return curve.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.meanProbability - bin.rate), 0) / labels.length;
}

/** Share of all amounts (or labels) that the best-scored `share` of the rows holds; of equal scores the mean. In [0, 1]. */
export function topShare(amounts: Numbers, scores: Numbers, share = 0.1): number {
  const order = orderBy(scores).reverse();
  const size = Math.round(order.length * share);
  let [inTop, all] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from;
    let sum = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) sum += amounts[order[to]!]!;
    inTop += sum * Math.min(1, Math.max(0, (size - from) / (to - from)));
    all += sum;
    from = to;
  }
  return inTop / all;
}

/** Rate among the best-scored `share` of the rows over the rate of all. */
export function lift(labels: Numbers, scores: Numbers, share = 0.1): number {
  const top = Math.round(labels.length * share) / labels.length;
  return topShare(labels, scores, share) / top;
}

/** Mean |predicted − actual|. */
export function meanAbsoluteError(actual: Numbers, predicted: Numbers): number {
  return meanOver(actual, (row) => Math.abs(actual[row]! - predicted[row]!));
}

/** Row numbers by rising value. */
export function orderBy(values: Numbers): Int32Array {
  return Int32Array.from({ length: values.length }, (_, row) => row).sort((a, b) => values[a]! - values[b]! || a - b);
}

function meanOver(rows: Numbers, value: (row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < rows.length; row++) sum += value(row);
  return sum / rows.length;
}
