import { createRandom } from '../random';
import type { Estimate } from '../uplift/qini';

/** What a policy showed and what came of it, with what is known of another policy, the target: one entry a round. */
export interface LoggedRounds {
  /** E.g. 1 for a click. */
  readonly rewards: ArrayLike<number>;
  /** Probability with which the log's policy showed what it showed, above 0. */
  readonly propensities: ArrayLike<number>;
  /** Probability with which the target would have shown the same. */
  readonly targetProbabilities: ArrayLike<number>;
  /** For the doubly robust estimate: rewards as a model predicts them. Predict each round by a model that has not seen it. */
  readonly model?: {
    /** Of what was shown. */
    readonly shown: ArrayLike<number>;
    /** Of what the target would show, in the mean: Σ over actions of its probability · the predicted reward. */
    readonly target: ArrayLike<number>;
  };
}

export interface OffPolicyOptions {
  readonly seed: number;
  /** @default 2000 */
  readonly resamples?: number;
  /** @default 0.95 */
  readonly confidence?: number;
  /** Weights target / propensity are cut here: less variance, a bias downwards. @default Infinity */
  readonly maxWeight?: number;
}

/** The target's mean reward as the log lets expect it. Intervals are bootstrap percentiles over rounds (Efron 1979). */
export interface OffPolicyReport {
  /** Of the log's own policy. */
  readonly logged: Estimate;
  /** Inverse propensity score (Horvitz and Thompson 1952): mean of w·r. Unbiased with right propensities. */
  readonly ips: Estimate;
  /** Self-normalised (Swaminathan and Joachims 2015, NIPS, eq. 5): Σ w·r / Σ w. Less variance, consistent. */
  readonly snips: Estimate;
  /** Doubly robust (Dudík et al. 2011, ICML, eq. 2): mean of q(target) + w·(r − q(shown)). Absent without a model. */
  readonly dr?: Estimate;
  /** (Σ w)² / Σ w²: how many rounds of the target's own log would say as much (Kong 1992). */
  readonly effectiveRounds: number;
  /** About 1 with right propensities of a policy that could show all that the target shows. */
  readonly meanWeight: number;
}

/** @throws RangeError when there are no rounds, lengths differ or a propensity is not above 0 */
export function estimateOffPolicy(rounds: LoggedRounds, options: OffPolicyOptions): OffPolicyReport {
  const { rewards, model } = rounds;
  const { seed, resamples = 2000, confidence = 0.95, maxWeight = Infinity } = options;
  assertRounds(rounds);
  const weights = Float64Array.from(rewards, (_, at) => Math.min(maxWeight, rounds.targetProbabilities[at]! / rounds.propensities[at]!));
  const weighted = weights.map((weight, at) => weight * rewards[at]!);
  const robust = model && weights.map((weight, at) => model.target[at]! + weight * (rewards[at]! - model.shown[at]!));
  const columns = [Float64Array.from(rewards), weights, weighted, ...(robust ? [robust] : [])];
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const samples = resampleMeans(columns, resamples, seed);
  const estimate = (of: (means: ArrayLike<number>) => number): Estimate => {
    const sorted = Float64Array.from(samples, of).sort();
    const tail = (1 - confidence) / 2;
    const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
    return { value: of(means), low: at(tail), high: at(1 - tail) };
  };
  return {
    logged: estimate((mean) => mean[0]!),
    ips: estimate((mean) => mean[2]!),
    snips: estimate((mean) => (mean[1]! === 0 ? 0 : mean[2]! / mean[1]!)),
    ...(robust && { dr: estimate((mean) => mean[3]!) }),
    effectiveRounds: weights.reduce((sum, weight) => sum + weight, 0) ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0),
    meanWeight: means[1]!,
  };
}

function assertRounds({ rewards, propensities, targetProbabilities, model }: LoggedRounds): void {
  if (rewards.length === 0) throw new RangeError('there are no rounds');
  const columns = { propensities, targetProbabilities, ...(model && { shown: model.shown, target: model.target }) };
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== rewards.length) throw new RangeError(`${rewards.length} rounds with ${column.length} ${name}`);
  }
  for (let at = 0; at < propensities.length; at++) {
    if (!(propensities[at]! > 0)) throw new RangeError(`round ${at} has the propensity ${propensities[at]}`);
  }
}

/** Means of the columns over resampled rounds, one array a resample. */
function resampleMeans(columns: readonly Float64Array[], resamples: number, seed: number): Float64Array[] {
  const random = createRandom(seed);
  const rounds = columns[0]!.length;
  return Array.from({ length: resamples }, () => {
    const sums = new Float64Array(columns.length);
    for (let draw = 0; draw < rounds; draw++) {
      const at = random.integer(rounds);
      for (let c = 0; c < columns.length; c++) sums[c]! += columns[c]![at]!;
    }
    return sums.map((sum) => sum / rounds);
  });
}
