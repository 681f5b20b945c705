import { createRandom, type Random } from '../random';
import type { Sequences } from '../recommend/sequences';
import type { SequenceEngine, SequenceStep } from './sequence-engine';

export interface BatchOptions {
  readonly engine: Pick<SequenceEngine, 'batchSize' | 'maxLength' | 'negatives'>;
  readonly seed: number;
  /** Events of each item; drawn negatives follow them to the power `negativePower`. */
  readonly counts: Int32Array;
  /** 1 draws by frequency, 0 all items alike. @default 0.75 (Mikolov et al. 2013, section 2.2) */
  readonly negativePower?: number;
}

/** The steps of an epoch. */
export interface SequenceBatches {
  readonly stepsPerEpoch: number;
  /** Events that one epoch predicts. */
  readonly targets: number;
  /** Step `step` of epoch `epoch`, both from 0: what is drawn depends on the seed and on these two only. */
  batch(epoch: number, step: number): SequenceStep;
}

/**
 * Cuts sequences into windows that the engine can read, from the newest event backwards, so that each event but a sequence's first is
 * predicted once an epoch; every epoch shuffles the windows anew. @throws RangeError when no sequence has two events
 */
export function createSequenceBatches(sequences: Sequences, options: BatchOptions): SequenceBatches {
  const { engine, seed, counts, negativePower = 0.75 } = options;
  const windows = cutWindows(sequences, engine.maxLength);
  if (windows.length === 0) throw new RangeError('no sequence has two events to learn from');
  const draw = engine.negatives > 0 ? createNegatives(counts, negativePower) : undefined;
  let shuffled: { readonly epoch: number; readonly order: Int32Array } | undefined;
  return {
    stepsPerEpoch: Math.ceil(windows.length / engine.batchSize),
    targets: windows.reduce((sum, { from, to }) => sum + to - from - 1, 0),
    batch(epoch, step) {
      if (shuffled?.epoch !== epoch) {
        const order = createRandom(seedOf(seed, epoch, -1)).shuffle(Int32Array.from(windows.keys()));
        shuffled = { epoch, order };
      }
      const chosen = shuffled.order.subarray(step * engine.batchSize, (step + 1) * engine.batchSize);
      const rows = Array.from(chosen, (window) => windows[window]!);
      const drawn = draw && { negatives: draw(createRandom(seedOf(seed, epoch, step)), engine.negatives) };
      return { ...fillBatch(sequences, rows, engine), ...drawn };
    },
  };
}

/** Events `from` … `to` − 1 of all events; the last is only predicted. */
interface Window {
  readonly from: number;
  readonly to: number;
}

function cutWindows({ offsets }: Sequences, maxLength: number): Window[] {
  const windows: Window[] = [];
  for (let sequence = 0; sequence + 1 < offsets.length; sequence++) {
    const first = offsets[sequence]!;
    for (let to = offsets[sequence + 1]!; to - first >= 2; to -= maxLength) windows.push({ from: Math.max(first, to - maxLength - 1), to });
  }
  return windows;
}

function fillBatch({ items }: Sequences, rows: readonly Window[], { batchSize, maxLength }: BatchOptions['engine']): SequenceStep {
  const count = rows.reduce((sum, { from, to }) => sum + to - from - 1, 0);
  const batch = { items: new Int32Array(batchSize * maxLength).fill(-1), places: new Int32Array(count), targets: new Int32Array(count) };
  let filled = 0;
  rows.forEach(({ from, to }, row) => {
    batch.items.set(items.subarray(from, to - 1), row * maxLength);
    batch.targets.set(items.subarray(from + 1, to), filled);
    for (let at = 0; at < to - from - 1; at++) batch.places[filled++] = row * maxLength + at;
  });
  return batch;
}

type Negatives = NonNullable<SequenceStep['negatives']>;

/** Draws with replacement by counts^power: a search in the running sum. */
function createNegatives(counts: Int32Array, power: number): (random: Random, count: number) => Negatives {
  const upTo = new Float64Array(counts.length);
  let total = 0;
  counts.forEach((events, item) => (upTo[item] = total += events ** power));
  const draw = (random: Random): number => {
    const at = random.uniform() * total;
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (random, count) => {
    const items = Int32Array.from({ length: count }, () => draw(random));
    return { items, logExpected: Float32Array.from(items, (item) => Math.log((count * counts[item]! ** power) / total)) };
  };
}

/** A different seed for each epoch and step. */
function seedOf(seed: number, epoch: number, step: number): number {
  return (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b) ^ Math.imul(step + 2, 0xc2b2ae35)) | 0;
}
