import { add, gelu, relu, scale } from '../training/ops/elementwise';
import type { Dropout } from '../training/ops/dropout';
import { reshape, transpose, transposeLast } from '../training/ops/layout';
import { layerNorm, softmax } from '../training/ops/normalise';
import { matMul } from '../training/ops/products';
import type { ParameterSpec } from '../training/parameters';
import type { Variable } from '../training/tape';
import { embed, lengths, type SequenceContext, type SequenceNetwork } from './sequence-network';

export interface SelfAttentionSettings {
  readonly kind: 'selfAttention';
  /** d, a multiple of `heads`. @default 64 */
  readonly width?: number;
  /** The most items that it looks back at. @default 50 */
  readonly maxLength?: number;
  /** @default 2 */
  readonly blocks?: number;
  /** @default 1 */
  readonly heads?: number;
  /** Width of the layer between, as a multiple of d. @default 1 */
  readonly expansion?: number;
  /** @default 'relu' */
  readonly activation?: 'relu' | 'gelu';
}

/** Far below any logit, and finite, so that no row of a softmax is empty. */
const MASKED = -1e9;
const KEEP: Dropout = { apply: (x) => x, sites: 0, poolSize: 0 };

/**
 * SASRec (Kang and McAuley 2018, section III): item and place vectors, blocks of causal self-attention and a layer at each place, with
 * layer normalisation before each and a last one (Xiong et al. 2020: trains without warm-up). Padding is on the right, where no item can
 * see it, so a sequence gives the same states whatever its padding is.
 */
export function createSelfAttentionNetwork(itemCount: number, settings: SelfAttentionSettings): SequenceNetwork {
  const { width = 64, maxLength = 50, blocks = 2, heads = 1, expansion = 1, activation = 'relu' } = settings;
  if (width % heads !== 0) throw new RangeError(`${heads} heads do not share a width of ${width} evenly`);
  const causal = Float64Array.from({ length: maxLength ** 2 }, (_, at) => (at % maxLength > Math.floor(at / maxLength) ? MASKED : 0));

  const states = (context: SequenceContext, dropout: Dropout): Variable => {
    const { tape, parameters: p, items } = context;
    const [n, L] = items.shape;
    const mask = firstPlaces(context, tape.constant(causal, [maxLength, maxLength]), [0, 1]);
    const normal = (x: Variable, name: string): Variable => layerNorm(x, p[`${name}_gain`]!, p[`${name}_shift`]!);
    const linear = (x: Variable, name: string): Variable => add(matMul(x, p[`${name}_weight`]!), p[`${name}_bias`]!);
    const share = (x: Variable): Variable => (heads === 1 ? x : transpose(reshape(x, [n!, L!, heads, width / heads]), [0, 2, 1, 3]));
    const join = (x: Variable): Variable => (heads === 1 ? x : reshape(transpose(x, [0, 2, 1, 3]), [n!, L!, width]));
    const attend = (x: Variable, block: string): Variable => {
      const [query, key, value] = ['query', 'key', 'value'].map((name) => share(matMul(x, p[`${block}_${name}_weight`]!)));
      const fit = scale(matMul(query!, transposeLast(key!)), 1 / Math.sqrt(width / heads));
      return matMul(join(matMul(softmax(add(fit, mask)), value!)), p[`${block}_joined_weight`]!);
    };
    const place = firstPlaces(context, p['place_vectors']!, [0]);
    let x = dropout.apply(add(scale(embed(context), Math.sqrt(width)), place));
    for (let block = 0; block < blocks; block++) {
      const name = `block${block}`;
      x = add(x, dropout.apply(attend(normal(x, `${name}_before`), name)));
      const inner = linear(normal(x, `${name}_between`), `${name}_inner`);
      x = add(x, dropout.apply(linear(dropout.apply(activation === 'relu' ? relu(inner) : gelu(inner)), `${name}_outer`)));
    }
    return normal(x, 'final');
  };

  return {
    parameters: parameterSpecs(itemCount, { width, maxLength, blocks, inner: width * expansion }),
    states,
    last(context) {
      const all = states(context, KEEP);
      const { tape } = context;
      const place = tape.op('Sub', [lengths(context), tape.ints(1)], [context.items.shape[0]!, 1], [], { dtype: 'int64' });
      return tape.op('GatherND', [all, place], [context.items.shape[0]!, width], [], { attributes: { batch_dims: { int: 1 } } });
    },
  };
}

/** The first L rows (and columns) of what is known for each place. */
function firstPlaces({ tape, items }: SequenceContext, x: Variable, axes: readonly number[]): Variable {
  const L = items.shape[1]!;
  if (L === x.shape[0]) return x;
  const length =
    typeof L === 'number'
      ? tape.ints([L])
      : tape.op('Slice', [tape.op('Shape', [items], [2], [], { dtype: 'int64' }), tape.ints([1]), tape.ints([2])], [1], [], {
          dtype: 'int64',
        });
  const ends =
    axes.length === 1 ? length : tape.op('Concat', [length, length], [2], [], { attributes: { axis: { int: 0 } }, dtype: 'int64' });
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? L : size));
  return tape.op('Slice', [x, tape.ints(axes.map(() => 0)), ends, tape.ints(axes)], shape);
}

function parameterSpecs(itemCount: number, s: { width: number; maxLength: number; blocks: number; inner: number }): ParameterSpec[] {
  const { width, maxLength, inner } = s;
  const matrix = (name: string, rows: number, columns: number): ParameterSpec => {
    return { name: `${name}_weight`, shape: [rows, columns], initial: { normal: Math.sqrt(2 / (rows + columns)) } };
  };
  const vector = (name: string, size: number, initial: 'zeros' | 'ones' = 'zeros'): ParameterSpec => ({ name, shape: [size], initial });
  const normal = (name: string): ParameterSpec[] => [vector(`${name}_gain`, width, 'ones'), vector(`${name}_shift`, width)];
  const block = (name: string): ParameterSpec[] => [
    ...normal(`${name}_before`),
    ...['query', 'key', 'value', 'joined'].map((part) => matrix(`${name}_${part}`, width, width)),
    ...normal(`${name}_between`),
    matrix(`${name}_inner`, width, inner),
    vector(`${name}_inner_bias`, inner),
    matrix(`${name}_outer`, inner, width),
    vector(`${name}_outer_bias`, width),
  ];
  return [
    { name: 'item_vectors', shape: [itemCount, width], initial: { normal: 0.02 } },
    { name: 'place_vectors', shape: [maxLength, width], initial: { normal: 0.02 } },
    ...Array.from({ length: s.blocks }, (_, at) => block(`block${at}`)).flat(),
    ...normal('final'),
  ];
}
