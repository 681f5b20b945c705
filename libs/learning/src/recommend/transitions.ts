import { eachRecent, type Sequences, type SequenceScorer } from './sequences';

export interface TransitionOptions {
  /** How many events apart two items may be. @default 10 */
  readonly reach?: number;
  /** Weight of a pair that lies d events apart is d^−power. @default 1 */
  readonly power?: number;
  /** Weight of a pair in the opposite order, relative to its own. @default 0 */
  readonly backward?: number;
  /** Added to each row's sum, so that rare items say less. @default 0 */
  readonly shrinkage?: number;
  /** Exponent of the target item's own frequency in the denominator: 0 leaves popular items ahead, 0.5 is the cosine's. @default 0 */
  readonly popularityPower?: number;
  /** Newest different items of the history that are read. @default 1 */
  readonly history?: number;
  /** Events after which a history item's weight has fallen to 1/e. @default 1 */
  readonly fadeSteps?: number;
}

/** Pairs of items in compressed rows. */
interface Pairs {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  readonly values: Float32Array;
}

/**
 * Sequential rules (Ludewig and Jannach 2018, UMUAI 28, §3.2.3): score_j = Σ over the newest history items l of
 * w_l · Σ d^−power over all "j came d events after l" / (Σ of l's row + shrinkage) / frequency_j^popularityPower. O(events · reach) to fit.
 */
export function fitTransitions(train: Sequences, options: TransitionOptions = {}): SequenceScorer {
  const { reach = 10, power = 1, backward = 0, shrinkage = 0, popularityPower = 0, history = 1, fadeSteps = 1 } = options;
  const pairs = countPairs(train, reach, (distance) => distance ** -power, backward);
  normalise(pairs, shrinkage, itemFrequencies(train), popularityPower);
  return {
    score(sequences, rows, scores) {
      rows.forEach((sequence, row) => {
        const base = row * train.itemCount;
        eachRecent(sequences, sequence, history, (item, _, stepsBack) => {
          const weight = Math.exp(-stepsBack / fadeSteps);
          for (let at = pairs.offsets[item]!; at < pairs.offsets[item + 1]!; at++)
            scores[base + pairs.targets[at]!]! += weight * pairs.values[at]!;
        });
      });
    },
  };
}

/** Events of each item. */
export function itemFrequencies({ itemCount, items }: Sequences): Float64Array {
  const counts = new Float64Array(itemCount);
  for (const item of items) counts[item]!++;
  return counts;
}

function normalise({ offsets, targets, values }: Pairs, shrinkage: number, frequencies: Float64Array, popularityPower: number): void {
  for (let item = 0; item + 1 < offsets.length; item++) {
    let sum = shrinkage;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) sum += values[at]!;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) values[at]! /= sum * frequencies[targets[at]!]! ** popularityPower;
  }
}

/** Sums of weights for each ordered pair; sorted by source through a counting sort, merged through a dense row. */
function countPairs({ itemCount, offsets, items }: Sequences, reach: number, weigh: (distance: number) => number, backward: number): Pairs {
  const places = placesByItem(itemCount, items);
  const [sums, touched] = [new Float64Array(itemCount), new Int32Array(itemCount)];
  const weights = Float64Array.from({ length: reach + 1 }, (_, distance) => (distance === 0 ? 0 : weigh(distance)));
  const sequenceOf = new Int32Array(items.length);
  for (let s = 0; s + 1 < offsets.length; s++) sequenceOf.fill(s, offsets[s]!, offsets[s + 1]!);
  const [targets, values, rowOffsets]: [number[], number[], Int32Array] = [[], [], new Int32Array(itemCount + 1)];
  for (let item = 0; item < itemCount; item++) {
    let count = 0;
    const add = (target: number, weight: number): void => {
      if (weight === 0) return;
      if (sums[target] === 0) touched[count++] = target;
      sums[target]! += weight;
    };
    for (let place = places.offsets[item]!; place < places.offsets[item + 1]!; place++) {
      const at = places.places[place]!;
      const [first, end] = [offsets[sequenceOf[at]!]!, offsets[sequenceOf[at]! + 1]!];
      for (let other = at + 1; other < Math.min(end, at + 1 + reach); other++) add(items[other]!, weights[other - at]!);
      if (backward > 0)
        for (let other = Math.max(first, at - reach); other < at; other++) add(items[other]!, backward * weights[at - other]!);
    }
    for (const target of touched.subarray(0, count)) {
      targets.push(target);
      values.push(sums[target]!);
      sums[target] = 0;
    }
    rowOffsets[item + 1] = targets.length;
  }
  return { offsets: rowOffsets, targets: Int32Array.from(targets), values: Float32Array.from(values) };
}

function placesByItem(itemCount: number, items: Int32Array): { readonly offsets: Int32Array; readonly places: Int32Array } {
  const offsets = new Int32Array(itemCount + 1);
  for (const item of items) offsets[item + 1]!++;
  for (let item = 0; item < itemCount; item++) offsets[item + 1]! += offsets[item]!;
  const next = offsets.slice();
  const places = new Int32Array(items.length);
  items.forEach((item, at) => (places[next[item]!++] = at));
  return { offsets, places };
}
