import type { SparseMatrix } from './interactions';
import type { ItemItemMatrix } from './item-item';
import type { BatchScorer } from './ranking-metrics';

export interface LinearScorerOptions {
  readonly matrix: ItemItemMatrix;
  /** Users × items; the values are the weights w of the history items. */
  readonly histories: SparseMatrix;
  /** Added to every user's scores, one value an item. @default nothing */
  readonly bias?: Float32Array;
}

/** score_j = Σ_{l in history} w_l · B[l, j] + bias_j: what the deployed graph computes, so that offline figures are its own. */
export function linearScorer({ matrix, histories, bias }: LinearScorerOptions): BatchScorer {
  const { items, data } = matrix;
  return (users, scores) => {
    users.forEach((user, row) => {
      const own = scores.subarray(row * items, (row + 1) * items);
      if (bias === undefined) own.fill(0);
      else own.set(bias);
      for (let at = histories.offsets[user]!; at < histories.offsets[user + 1]!; at++) {
        addScaled(own, data, histories.indices[at]! * items, histories.values[at]!);
      }
    });
  };
}

/** The same scores for everyone, e.g. popularity. */
export function constantScorer(itemScores: Float32Array): BatchScorer {
  return (users, scores) => users.forEach((_, row) => scores.set(itemScores, row * itemScores.length));
}

function addScaled(own: Float32Array, data: Float32Array, from: number, weight: number): void {
  for (let j = 0; j < own.length; j++) own[j]! += weight * data[from + j]!;
}
