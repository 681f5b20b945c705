/** A seeded stream of random numbers: the same seed gives the same numbers on every machine. Not for secrets. */
export interface Random {
  /** In [0, 1), with 53 random bits. */
  uniform(): number;
  /** A whole number in [0, below). */
  integer(below: number): number;
  /** From the standard normal distribution. */
  normal(): number;
  /** Fisher–Yates, in place; returns its argument. */
  shuffle<T extends { [index: number]: number; readonly length: number }>(values: T): T;
  /** `count` different numbers of [0, below), in random order. @throws RangeError when count > below. */
  choice(below: number, count: number): Int32Array;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), §8),
 * its state filled by SplitMix32 from `seed`, of which the low 32 bits count.
 */
export function createRandom(seed: number): Random {
  const next = xoshiro128(seed);
  const uniform = () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
  const integer = (below: number) => Math.floor(uniform() * below);
  const normal = createNormal(uniform);
  return {
    uniform,
    integer,
    normal,
    shuffle(values) {
      for (let last = values.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        const kept = values[last]!;
        values[last] = values[other]!;
        values[other] = kept;
      }
      return values;
    },
    choice: (below, count) => sampleWithoutReplacement(below, count, integer),
  };
}

function xoshiro128(seed: number): () => number {
  let mixed = seed | 0;
  const splitMix = () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed ^ (mixed >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [splitMix(), splitMix(), splitMix(), splitMix()];
  return () => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled >>> 0;
  };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Marsaglia's polar method (SIAM Review 6(3), 1964): two normals a round, the second kept for the next call. */
function createNormal(uniform: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
}

/** The head of a Fisher–Yates shuffle of 0 … below − 1; only the moved places are kept, so it costs O(count). */
function sampleWithoutReplacement(below: number, count: number, integer: (below: number) => number): Int32Array {
  if (count > below) throw new RangeError(`choice of ${count} different numbers below ${below}`);
  const moved = new Map<number, number>();
  const chosen = new Int32Array(count);
  for (let place = 0; place < count; place++) {
    const other = place + integer(below - place);
    chosen[place] = moved.get(other) ?? other;
    moved.set(other, moved.get(place) ?? place);
  }
  return chosen;
}
