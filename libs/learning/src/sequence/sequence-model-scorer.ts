import type { SequenceScorer, Sequences } from '../recommend/sequences';
import type { ItemCatalogue } from './item-catalogue';
import type { SequenceEngine } from './sequence-engine';

/** Rows scored at once. */
const BATCH = 256;

/**
 * What an engine says with its weights of the moment. Items that it has not learned are skipped in histories and score −∞; a history
 * without any other gets the logarithm of the items' frequencies.
 */
export function sequenceModelScorer(engine: Pick<SequenceEngine, 'score' | 'maxLength'>, catalogue: ItemCatalogue): SequenceScorer {
  const { items: learned } = catalogue;
  return {
    async score(sequences, rows, scores) {
      scores.fill(-Infinity);
      for (let first = 0; first < rows.length; first += BATCH) {
        const part = rows.subarray(first, first + BATCH);
        const recent = Array.from(part, (row) => recentItems(sequences, row, catalogue, engine.maxLength));
        const length = Math.max(1, ...recent.map((items) => items.length));
        const padded = new Int32Array(part.length * length).fill(-1);
        recent.forEach((items, row) => padded.set(items.length > 0 ? items : [0], row * length));
        const own = await engine.score(padded, length);
        recent.forEach((items, row) => {
          const from = (first + row) * sequences.itemCount;
          const value = (number: number): number =>
            items.length > 0 ? own[row * learned.length + number]! : Math.log(catalogue.counts[number]!);
          for (let number = 0; number < learned.length; number++) scores[from + learned[number]!] = value(number);
        });
      }
    },
  };
}

/** The newest `limit` learned items of a sequence, oldest first, as numbers of the model. */
function recentItems({ offsets, items }: Sequences, sequence: number, { numbers }: ItemCatalogue, limit: number): number[] {
  const recent: number[] = [];
  for (let at = offsets[sequence + 1]! - 1; at >= offsets[sequence]! && recent.length < limit; at--) {
    const number = numbers[items[at]!]!;
    if (number >= 0) recent.push(number);
  }
  return recent.reverse();
}
