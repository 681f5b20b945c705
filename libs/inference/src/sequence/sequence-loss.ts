import { add, compare, mul, neg, scale, softplus, sub, where } from '../training/ops/elementwise';
import { concat, reduceSum, reshape, slice } from '../training/ops/layout';
import { gather } from '../training/ops/lookup';
import { logSoftmax } from '../training/ops/normalise';
import { gemm } from '../training/ops/products';
import { tableCrossEntropy } from '../training/ops/table-cross-entropy';
import type { Tape, Variable } from '../training/tape';

/**
 * How the next item is told from the others.
 * - `softmax`: cross-entropy over all items; the best lists, at a cost that grows with the catalogue.
 * - `sampledSoftmax`: over the right item and `negatives` items that the whole batch shares, each corrected by how often it is drawn
 *   (Bengio and Senécal 2008): estimates the former for large catalogues.
 * - `gbce`: binary cross-entropy on such negatives, with positives to the power β (gSASRec: Petrov and Macdonald 2023, equation 13);
 *   `calibration` t = 1 undoes the overconfidence that sampling brings, t = 0 is plain binary cross-entropy.
 */
export type SequenceLoss =
  | { readonly kind: 'softmax' }
  | { readonly kind: 'sampledSoftmax'; readonly negatives: number }
  | { readonly kind: 'gbce'; readonly negatives: number; readonly calibration: number };

export interface LossContext {
  readonly tape: Tape;
  /** States that predict something [m, d]. */
  readonly hidden: Variable;
  /** Vectors of all items [V, d]. */
  readonly table: Variable;
}

/** An item of the negatives that happens to be the right one counts for nothing. */
const EXCLUDED = -1e9;

/**
 * The mean loss, a scalar. Declares inputs: `targets` int32 [m] (the right items), `weights` [m] (which sum to 1), and with sampling
 * `negatives` int32 [K] and, for the softmax, `log_expected` [K]: ln of how often each of the K is expected among them.
 */
export function sequenceLoss({ tape, hidden, table }: LossContext, loss: SequenceLoss): Variable {
  const rows = hidden.shape[0]!;
  const targets = tape.input('targets', [rows], 'int32');
  const weights = tape.input('weights', [rows]);
  if (loss.kind === 'softmax') return tableCrossEntropy({ hidden, table, targets, weights });

  const count = loss.negatives;
  const negatives = tape.input('negatives', [count], 'int32');
  const right = reduceSum(mul(hidden, gather(table, targets)), [1], { keep: true }); // [m, 1]
  const fits = gemm(hidden, gather(table, negatives), { transposeB: true }); // [m, K]
  const column = tape.op('Reshape', [targets, tape.ints([-1, 1])], [rows, 1], [], { dtype: 'int32' });
  const isRight = compare('Equal', column, negatives);
  const others = where(isRight, tape.scalar(EXCLUDED), loss.kind === 'gbce' ? fits : sub(fits, tape.input('log_expected', [count])));
  const column1 = reshape(weights, [rows, 1]);
  if (loss.kind === 'sampledSoftmax') {
    const chosen = slice(logSoftmax(concat([right, others], 1)), 1, 0, 1);
    return neg(sumAll(mul(chosen, column1)));
  }
  const beta = positivePower(table.shape[0] as number, loss);
  const positive = scale(softplus(neg(right)), beta);
  const negative = reduceSum(softplus(others), [1], { keep: true });
  return sumAll(mul(add(positive, negative), column1));
}

/** β = α·(t·(1 − 1/α) + 1/α) with the sampling rate α = K / (V − 1) (ibid., equation 16). */
function positivePower(items: number, { negatives, calibration }: { readonly negatives: number; readonly calibration: number }): number {
  const rate = Math.min(1, negatives / (items - 1));
  return rate * (calibration * (1 - 1 / rate) + 1 / rate);
}

function sumAll(x: Variable): Variable {
  return reduceSum(x, [0, 1]);
}
