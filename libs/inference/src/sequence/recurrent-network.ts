import { add, mul, sigmoid, sub, tanh } from '../training/ops/elementwise';
import { concat, reshape, split, transpose, transposeLast } from '../training/ops/layout';
import { layerNorm } from '../training/ops/normalise';
import { gemm, matMul } from '../training/ops/products';
import type { ParameterSpec } from '../training/parameters';
import { fixedShape, type Variable } from '../training/tape';
import { embed, lengths, type SequenceContext, type SequenceNetwork } from './sequence-network';

export interface RecurrentSettings {
  readonly kind: 'recurrent';
  /** d, of the item vectors and the state. @default 64 */
  readonly width?: number;
  /** The most items that it looks back at. @default 20 */
  readonly maxLength?: number;
}

/**
 * A GRU over the items (GRU4Rec: Hidasi et al. 2016, with the item vectors shared between input and output as in Hidasi and Karatzoglou
 * 2018, section 3.3), its state normalised before it is compared with them. Gates as in ONNX's GRU with `linear_before_reset`:
 *   z = σ(W_z x + R_z h + b), r = σ(W_r x + R_r h + b), c = tanh(W_c x + b + r ⊙ (R_c h + b′)), h ← c + z ⊙ (h − c)
 * so that training unrolls it place by place and serving runs that one operator on the same weights.
 */
export function createRecurrentNetwork(itemCount: number, { width = 64 }: RecurrentSettings): SequenceNetwork {
  return {
    parameters: parameterSpecs(itemCount, width),
    states(context, dropout) {
      const { tape, parameters: p } = context;
      const [n, L] = fixedShape(context.items);
      const x = dropout.apply(embed(context));
      const fed = add(matMul(x, transposeLast(p['input_weight']!)), p['input_bias']!); // [n, L, 3d]
      const inputs = split(transpose(fed, [1, 0, 2]), 0, new Array<number>(L!).fill(1));
      const states: Variable[] = [];
      let state: Variable = tape.constant(new Float32Array(n! * width), [n!, width]);
      for (const input of inputs) {
        state = nextState(context, reshape(input, [n!, 3 * width]), state, width);
        states.push(reshape(state, [n!, 1, width]));
      }
      return normal(dropout.apply(concat(states, 1)), context);
    },
    last(context) {
      const { tape, parameters: p, items } = context;
      const n = items.shape[0];
      const byPlace = transpose(embed(context), [1, 0, 2]); // [L, n, d]
      const oneWay = (x: Variable): Variable => tape.op('Unsqueeze', [x, tape.ints([0])], [1, ...x.shape]);
      const bias = tape.op('Concat', [p['input_bias']!, p['state_bias']!], [6 * width], [], { attributes: { axis: { int: 0 } } });
      const length = tape.op('Cast', [tape.op('Squeeze', [lengths(context), tape.ints([1])], [n!])], [n!], [], {
        attributes: { to: { int: 6 } },
        dtype: 'int32',
      });
      const inputs = [byPlace, oneWay(p['input_weight']!), oneWay(p['state_weight']!), oneWay(bias), length].map(({ value }) => value);
      const { state } = tape.graph.opMany('GRU', inputs, ['states', 'state'], {
        hidden_size: { int: width },
        linear_before_reset: { int: 1 },
      });
      const last = tape.op('Squeeze', [tape.output(state, [1, n!, width], []), tape.ints([0])], [n!, width]);
      return normal(last, context);
    },
  };
}

/** One place: `input` = W x + b [n, 3d] with the gates in the order z, r, c. */
function nextState({ parameters: p }: SequenceContext, input: Variable, state: Variable, width: number): Variable {
  const own = add(gemm(state, p['state_weight']!, { transposeB: true }), p['state_bias']!); // [n, 3d]
  const [gateInput, candidateInput] = split(input, 1, [2 * width, width]);
  const [gateState, candidateState] = split(own, 1, [2 * width, width]);
  const [update, reset] = split(sigmoid(add(gateInput!, gateState!)), 1, [width, width]);
  const candidate = tanh(add(candidateInput!, mul(reset!, candidateState!)));
  return add(candidate, mul(update!, sub(state, candidate)));
}

function normal(x: Variable, { parameters: p }: SequenceContext): Variable {
  return layerNorm(x, p['final_gain']!, p['final_shift']!);
}

function parameterSpecs(itemCount: number, width: number): ParameterSpec[] {
  const initial = { normal: 1 / Math.sqrt(3 * width) };
  return [
    { name: 'item_vectors', shape: [itemCount, width], initial: { normal: 0.05 } },
    { name: 'input_weight', shape: [3 * width, width], initial },
    { name: 'state_weight', shape: [3 * width, width], initial },
    { name: 'input_bias', shape: [3 * width], initial: 'zeros' },
    { name: 'state_bias', shape: [3 * width], initial: 'zeros' },
    { name: 'final_gain', shape: [width], initial: 'ones' },
    { name: 'final_shift', shape: [width], initial: 'zeros' },
  ];
}
