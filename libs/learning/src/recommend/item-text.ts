import { eachRecent, type Sequences, type SequenceScorer } from './sequences';
import { fadeWeight, type FadeOptions } from './sequence-scorers';

/** Words of items as weighted sparse vectors of length 1: item i has the terms `terms[offsets[i] … offsets[i + 1])`. */
export interface ItemTexts {
  readonly offsets: Int32Array;
  readonly terms: Int32Array;
  readonly weights: Float32Array;
  readonly termCount: number;
}

export interface ItemTextOptions {
  /** Also the beginnings of words of this length, so that `candle` meets `candles`; 0: whole words only. @default 4 */
  readonly stem?: number;
  /** Words of fewer items say nothing of others. @default 2 */
  readonly minItems?: number;
}

/**
 * TF-IDF of words (lower case, letters and digits), (1 + ln tf) · ln(items / items with the word), each item's vector at length 1
 * (Manning et al. 2008, Introduction to Information Retrieval, §6.4: ltc). An empty text has no terms. O(words).
 */
export function vectoriseTexts(texts: readonly string[], { stem = 4, minItems = 2 }: ItemTextOptions = {}): ItemTexts {
  const words = texts.map((text) => countWords(text, stem));
  const itemsOf = new Map<string, number>();
  for (const own of words) for (const word of own.keys()) itemsOf.set(word, (itemsOf.get(word) ?? 0) + 1);
  const numbers = new Map<string, number>();
  for (const [word, items] of itemsOf) if (items >= minItems) numbers.set(word, numbers.size);
  const offsets = new Int32Array(texts.length + 1);
  const [terms, weights]: [number[], number[]] = [[], []];
  words.forEach((own, item) => {
    const known = [...own].filter(([word]) => numbers.has(word));
    const values = known.map(([word, count]) => (1 + Math.log(count)) * Math.log(texts.length / itemsOf.get(word)!));
    const length = Math.hypot(...values) || 1;
    known.forEach(([word], at) => {
      terms.push(numbers.get(word)!);
      weights.push(values[at]! / length);
    });
    offsets[item + 1] = terms.length;
  });
  return { offsets, terms: Int32Array.from(terms), weights: Float32Array.from(weights), termCount: numbers.size };
}

/** score_j = Σ_{l in history} w_l · cos(text of l, text of j): also for items that nobody took yet. O(terms of all items) a history. */
export function itemTextScorer({ offsets, terms, weights, termCount }: ItemTexts, fade: FadeOptions = {}): SequenceScorer {
  const profile = new Float32Array(termCount);
  return {
    score(sequences: Sequences, rows, scores) {
      const weigh = fadeWeight(sequences, fade);
      const items = sequences.itemCount;
      rows.forEach((sequence, row) => {
        profile.fill(0);
        eachRecent(sequences, sequence, 1000, (item, at, stepsBack) => {
          const weight = weigh(sequence, at, stepsBack);
          for (let place = offsets[item]!; place < offsets[item + 1]!; place++) profile[terms[place]!]! += weight * weights[place]!;
        });
        for (let item = 0; item < items; item++) {
          let sum = 0;
          for (let place = offsets[item]!; place < offsets[item + 1]!; place++) sum += profile[terms[place]!]! * weights[place]!;
          scores[row * items + item] = sum;
        }
      });
    },
  };
}

function countWords(text: string, stem: number): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (word: string): void => void counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (word.length < 2) continue;
    add(word);
    if (stem > 0 && word.length > stem) add(`${word.slice(0, stem)}*`);
  }
  return counts;
}
