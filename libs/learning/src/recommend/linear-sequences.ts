import type { ItemItemMatrix } from '../item-item';
import type { ProgressListener } from '../positive-definite';
import { invertByHalves, PLAIN_PRODUCTS, type Floats, type MatrixProducts } from './matrix-products';
import { toItemMatrix, type Sequences } from './sequences';

export interface LinearOptions {
  /** L2 penalty λ > 0. @default 100 */
  readonly lambda?: number;
  /** Dropout p of the inputs, 0 ≤ p < 1: adds p / (1 − p) of each item's own squared norm to its penalty (Steck 2020, EDLAE, eq. 7). @default 0 */
  readonly dropout?: number;
  /** α: what occurs together counts α, what comes later 1 − α. 1 is EASE, which takes no order. @default 1 */
  readonly together?: number;
  /** δ: events after which a past or future item has lost all but 1/e of its weight, in what comes later. @default 1 */
  readonly fadeSteps?: number;
  /** Age of a sequence, in shares of all (newest = 0), after which it has. @default Infinity */
  readonly fadeAge?: number;
  /** ξ: how much an item may say for itself at most. 0 is EASE's, Infinity sets no bound. @default 0 */
  readonly selfLimit?: number;
  /** Whether events' own weights are the entries of what occurs together. @default false */
  readonly weighted?: boolean;
  /** Of the inversion. @default float64 up to 8,000 items, then float32, half the memory */
  readonly precision?: 'float32' | 'float64';
  readonly products?: MatrixProducts;
  readonly onProgress?: ProgressListener;
}

/** Past and future items further off than this many δ count nothing. */
const REACH = 4;

/**
 * Linear item–item models of one closed form: EASEᴿ (Steck 2019, eq. 8), its dropout variant EDLAE (Steck 2020), and SLIST (Choi et al.
 * 2021, WWW '21, eqs. 11–16) for sessions, where past S and future T of each moment are learned beside the whole sequences X:
 * P = (α·XᵀX + (1 − α)·SᵀS + Λ)⁻¹, B = P·(α·XᵀX + (1 − α)·SᵀT), then B_·j −= P_·j · (B_jj − ξ) / P_jj where B_jj > ξ.
 * To be scored by `itemItemScorer`. O(items³) in `products`, O(Σ length²) here; about 4 matrices of items² in memory.
 * @throws RangeError on settings out of range
 */
export async function fitLinear(train: Sequences, options: LinearOptions = {}): Promise<ItemItemMatrix> {
  const { lambda = 100, dropout = 0, together = 1, selfLimit = 0, products = PLAIN_PRODUCTS, onProgress } = options;
  if (!(lambda > 0)) throw new RangeError(`lambda must be above 0, not ${lambda}`);
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`dropout must be from 0 to below 1, not ${dropout}`);
  if (!(together >= 0 && together <= 1)) throw new RangeError(`together must be from 0 to 1, not ${together}`);
  const n = train.itemCount;
  const isWide = (options.precision ?? (n <= 8000 ? 'float64' : 'float32')) === 'float64';
  const create = (): Floats => (isWide ? new Float64Array(n * n) : new Float32Array(n * n));
  const ages = sequenceWeights(train, options.fadeAge ?? Infinity);
  const inverse = create();
  addTogether(inverse, train, together, ages, options.weighted ?? false);
  const target = together === 1 ? undefined : new Float32Array(inverse);
  if (target !== undefined) addLater({ square: inverse, target }, train, { factor: 1 - together, fadeSteps: options.fadeSteps ?? 1, ages });
  const penalties = Float64Array.from({ length: n }, (_, j) => lambda + (dropout / (1 - dropout)) * inverse[j * n + j]!);
  for (let j = 0; j < n; j++) inverse[j * n + j]! += penalties[j]!;
  await invertByHalves(inverse, n, products, onProgress);
  const data = target === undefined ? withoutTarget(inverse, penalties, n) : await multiplied(inverse, target, n, products);
  limitDiagonal(data, inverse, n, selfLimit);
  return { items: n, data };
}

/** α·XᵀX, each sequence with its weight. */
function addTogether(into: Floats, train: Sequences, factor: number, ages: Float64Array, weighted: boolean): void {
  if (factor === 0) return;
  const n = train.itemCount;
  const { rows, offsets, indices, values } = toItemMatrix(train, weighted && train.weights ? (at) => train.weights![at]! : undefined);
  for (let row = 0; row < rows; row++) {
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      const base = indices[at]! * n;
      const value = factor * ages[row]! * values[at]!;
      for (let other = offsets[row]!; other < offsets[row + 1]!; other++) into[base + indices[other]!]! += value * values[other]!;
    }
  }
}

interface Later {
  readonly square: Floats;
  readonly target: Float32Array;
}

/** SᵀS and SᵀT: at each moment t of a sequence, the past ≤ t and the future > t, both fading with their distance. */
function addLater(
  { square, target }: Later,
  { itemCount: n, offsets, items }: Sequences,
  { factor, fadeSteps, ages }: { factor: number; fadeSteps: number; ages: Float64Array },
): void {
  const reach = Math.max(1, Math.ceil(REACH * fadeSteps));
  const fade = Float64Array.from({ length: reach }, (_, steps) => Math.exp(-steps / fadeSteps));
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [first, end] = [offsets[s]!, offsets[s + 1]!];
    for (let t = first; t < end - 1; t++) {
      const from = Math.max(first, t - reach + 1);
      const to = Math.min(end, t + 1 + reach);
      for (let past = from; past <= t; past++) {
        const base = items[past]! * n;
        const weight = factor * ages[s]! * fade[t - past]!;
        for (let other = from; other <= t; other++) square[base + items[other]!]! += weight * fade[t - other]!;
        for (let future = t + 1; future < to; future++) target[base + items[future]!]! += weight * fade[future - t - 1]!;
      }
    }
  }
}

function sequenceWeights({ offsets, timesMs }: Sequences, fadeAge: number): Float64Array {
  const count = offsets.length - 1;
  if (fadeAge === Infinity) return new Float64Array(count).fill(1);
  const newest = (s: number): number => (timesMs === undefined ? s : (timesMs[offsets[s + 1]! - 1] ?? -Infinity));
  let [low, high] = [Infinity, -Infinity];
  for (let s = 0; s < count; s++) if (offsets[s + 1]! > offsets[s]!) [low, high] = [Math.min(low, newest(s)), Math.max(high, newest(s))];
  return Float64Array.from({ length: count }, (_, s) => Math.exp(-(high - newest(s)) / Math.max(1, high - low) / fadeAge));
}

/** P·(P⁻¹ − Λ) = I − P·Λ, without a product. */
function withoutTarget(inverse: Floats, penalties: Float64Array, n: number): Float32Array {
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) data[i * n + j] = (i === j ? 1 : 0) - inverse[i * n + j]! * penalties[j]!;
  }
  return data;
}

async function multiplied(inverse: Floats, target: Float32Array, n: number, products: MatrixProducts): Promise<Float32Array> {
  const narrow = inverse instanceof Float32Array ? inverse : new Float32Array(inverse);
  return products.multiply(narrow, target, { rows: n, columns: n, inner: n });
}

function limitDiagonal(data: Float32Array, inverse: Floats, n: number, limit: number): void {
  const factors = Float64Array.from({ length: n }, (_, j) => Math.max(0, data[j * n + j]! - limit) / inverse[j * n + j]!);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) data[i * n + j]! -= inverse[i * n + j]! * factors[j]!;
    if (limit === 0) data[i * n + i] = Math.min(0, data[i * n + i]!);
  }
}
