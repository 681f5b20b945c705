import { fixedShape, type Tape, type Variable } from '../tape';
import { mul } from './elementwise';

/** Drops numbers of a tensor while training; without a rate it hands them through. */
export interface Dropout {
  /** x with a share of its numbers set to 0 and the others enlarged, so that the expected value stays (Srivastava et al. 2014). */
  apply(x: Variable): Variable;
  /** How many places of the graph drop, each of which takes one offset a run. */
  readonly sites: number;
  /** Numbers that the pool must hold. */
  readonly poolSize: number;
}

/** Different offsets into the pool: two sites or steps drop alike once in that many draws. */
export const DROPOUT_OFFSETS = 1_048_573;

/**
 * Masks are windows of one pool of random numbers, 0 or 1 / (1 − rate), each at an offset that the run is fed. So a mask costs one copy,
 * and a run that resumes with the same offsets repeats itself to the bit, which ONNX Runtime's own random operators cannot do. Inputs:
 * `dropout_pool` [`poolSize`] and `dropout_offsets` int64 [`sites`], each below DROPOUT_OFFSETS; none with a rate of 0.
 */
export function createDropout(tape: Tape, rate: number): Dropout {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`a dropout rate is in [0, 1), got ${rate}`);
  if (rate === 0) return { apply: (x) => x, sites: 0, poolSize: 0 };
  const pool = tape.input('dropout_pool', ['pool']);
  const offsets = tape.input('dropout_offsets', ['sites'], 'int64');
  let [sites, largest] = [0, 0];
  const int64 = { dtype: 'int64' } as const;
  return {
    apply(x) {
      const shape = fixedShape(x);
      const size = shape.reduce((product, length) => product * length, 1);
      const from = tape.op('Slice', [offsets, tape.ints([sites]), tape.ints([sites + 1])], [1], [], int64);
      const to = tape.op('Add', [from, tape.ints([size])], [1], [], int64);
      const window = tape.op('Slice', [pool, from, to], [size]);
      sites++;
      largest = Math.max(largest, size);
      return mul(x, tape.op('Reshape', [window, tape.ints(shape)], shape));
    },
    get sites() {
      return sites;
    },
    get poolSize() {
      return largest + DROPOUT_OFFSETS;
    },
  };
}
