import type { ItemItemMatrix } from '../item-item';
import { eachRecent, type Sequences, type SequenceScorer } from './sequences';

export interface FadeOptions {
  /** Events after which a history item's weight has fallen to 1/e; Infinity weighs all alike. @default Infinity */
  readonly fadeSteps?: number;
  /** Time after which it has halved, counted back from the newest event; needs times. @default Infinity */
  readonly halfLifeMs?: number;
  /** Whether events' own weights count. @default false */
  readonly weighted?: boolean;
}

/** Longest part of a history that is read, newest events. */
const HISTORY_LIMIT = 1000;

/** score_j = Σ_{l in history} w_l · B[l, j], each item of the history once, weighted by how long ago its last event was. */
export function itemItemScorer({ items, data }: ItemItemMatrix, fade: FadeOptions = {}): SequenceScorer {
  return {
    score(sequences, rows, scores) {
      const weigh = fadeWeight(sequences, fade);
      rows.forEach((sequence, row) => {
        const own = scores.subarray(row * items, (row + 1) * items);
        const [starts, factors]: [number[], number[]] = [[], []];
        eachRecent(sequences, sequence, HISTORY_LIMIT, (item, at, stepsBack) => {
          const weight = weigh(sequence, at, stepsBack);
          if (weight <= 1e-6) return;
          starts.push(item * items);
          factors.push(weight);
        });
        for (let at = 0; at < starts.length; at += 4) addFour(own, data, starts, factors, at);
      });
    },
  };
}

/** own += Σ factor · row over four rows at a time: the scores are read and written a quarter as often. */
function addFour(own: Float32Array, data: Float32Array, starts: readonly number[], factors: readonly number[], at: number): void {
  const [a, b, c, d] = [starts[at]!, starts[at + 1] ?? 0, starts[at + 2] ?? 0, starts[at + 3] ?? 0];
  const [p, q, r, s] = [factors[at]!, factors[at + 1] ?? 0, factors[at + 2] ?? 0, factors[at + 3] ?? 0];
  for (let j = 0; j < own.length; j++) own[j]! += p * data[a + j]! + q * data[b + j]! + r * data[c + j]! + s * data[d + j]!;
}

/** The same scores for everyone. */
export function fixedScorer(itemScores: Float32Array): SequenceScorer {
  return {
    score: (_, rows, scores) => rows.forEach((__, row) => scores.set(itemScores, row * itemScores.length)),
  };
}

/** Weight of the event at a place that lies so many events back. */
export function fadeWeight(
  { offsets, timesMs, weights }: Sequences,
  { fadeSteps = Infinity, halfLifeMs = Infinity, weighted = false }: FadeOptions,
): (sequence: number, at: number, stepsBack: number) => number {
  return (sequence, at, stepsBack) => {
    const bySteps = fadeSteps === Infinity ? 1 : Math.exp(-stepsBack / fadeSteps);
    const newest = offsets[sequence + 1]! - 1;
    const byTime = halfLifeMs === Infinity || timesMs === undefined ? 1 : 2 ** (-(timesMs[newest]! - timesMs[at]!) / halfLifeMs);
    return bySteps * byTime * (weighted && weights !== undefined ? weights[at]! : 1);
  };
}
