import { compare, mul, toReal } from '../training/ops/elementwise';
import type { Dropout } from '../training/ops/dropout';
import { gather } from '../training/ops/lookup';
import { reshape } from '../training/ops/layout';
import type { ParameterSpec } from '../training/parameters';
import type { Tape, Variable } from '../training/tape';

export type SequenceParameters = Readonly<Record<string, Variable>>;

/** What a network computes with: where it writes, its weights, and its input int32 [n, L], items padded on the right with −1. */
export interface SequenceContext {
  readonly tape: Tape;
  readonly parameters: SequenceParameters;
  readonly items: Variable;
}

/** A network that reads a sequence of items and says, in the space of the item vectors, what comes next. */
export interface SequenceNetwork {
  /** The first is `item_vectors` [itemCount, width], which also gives the scores. */
  readonly parameters: readonly ParameterSpec[];
  /** States after each place [n, L, width], for training; sizes must be fixed. A state depends on its own and earlier places only. */
  states(context: SequenceContext, dropout: Dropout): Variable;
  /** The state after the last item of each row [n, width], for serving; n may be free, L too where the network allows it. */
  last(context: SequenceContext): Variable;
}

/** Vectors of the items [n, L, width]; zero at the padding. */
export function embed({ tape, parameters, items }: SequenceContext): Variable {
  const known = tape.op('Max', [items, int32(tape, 0)], items.shape, [], { dtype: 'int32' });
  const present = toReal(compare('Greater', items, int32(tape, -1)));
  return mul(gather(parameters['item_vectors']!, known), reshape(present, [...items.shape, 1]));
}

/** Items of each row: int64 [n, 1]. A row holds at least one. */
export function lengths({ tape, items }: SequenceContext): Variable {
  const present = compare('Greater', items, int32(tape, -1));
  const counted = tape.op('Cast', [present], items.shape, [], { attributes: { to: { int: 7 } }, dtype: 'int64' });
  return tape.op('ReduceSum', [counted, tape.ints([1])], [items.shape[0]!, 1], [], {
    attributes: { keepdims: { int: 1 } },
    dtype: 'int64',
  });
}

function int32(tape: Tape, value: number): Variable {
  const cast = { attributes: { to: { int: 6 } }, dtype: 'int32' } as const;
  return tape.op('Cast', [tape.ints(value)], [], [], cast);
}
