/** A set of texts that knows them by a 64-bit hash alone: it can say whether it has one, never which it has. */
export interface IdSet {
  add(text: string): void;
  delete(text: string): void;
  /** Wrong by chance only: a text that is not in a set of n texts is found in it with probability n / 2^64. */
  has(text: string): boolean;
  readonly size: number;
  /** Of its table. */
  readonly bytes: number;
}

const INITIAL_SLOTS = 1_024;
/** Filled beyond this, linear probing gets slow. */
const LARGEST_LOAD = 0.75;

/** Open addressing with linear probing; 8 bytes a slot, between 3/8 and 3/4 of the slots filled once it has grown. */
export function createIdSet(): IdSet {
  let slots = INITIAL_SLOTS;
  // Two lanes per slot; 0,0 is an empty one.
  let table = new Uint32Array(slots * 2);
  let size = 0;
  const hash = new Uint32Array(2);

  /** The slot that holds `hash`, or the empty one where it would go. */
  const find = (high: number, low: number): number => {
    let slot = low & (slots - 1);
    while ((table[slot * 2] !== high || table[slot * 2 + 1] !== low) && (table[slot * 2] !== 0 || table[slot * 2 + 1] !== 0))
      slot = (slot + 1) & (slots - 1);
    return slot;
  };
  const isFilled = (slot: number): boolean => table[slot * 2] !== 0 || table[slot * 2 + 1] !== 0;
  const put = (high: number, low: number): boolean => {
    const slot = find(high, low);
    if (isFilled(slot)) return false;
    table[slot * 2] = high;
    table[slot * 2 + 1] = low;
    return true;
  };
  const grow = (): void => {
    const former = table;
    slots *= 2;
    table = new Uint32Array(slots * 2);
    for (let i = 0; i < former.length; i += 2) if (former[i] !== 0 || former[i + 1] !== 0) put(former[i]!, former[i + 1]!);
  };
  /** Moves later entries of the run back over the hole, so that probing never meets a gap inside a run (Knuth, TAOCP 3, 6.4, algorithm R). */
  const closeGap = (from: number): void => {
    let hole = from;
    for (let slot = (hole + 1) & (slots - 1); isFilled(slot); slot = (slot + 1) & (slots - 1)) {
      const home = table[slot * 2 + 1]! & (slots - 1);
      if (((slot - home) & (slots - 1)) < ((slot - hole) & (slots - 1))) continue;
      table.copyWithin(hole * 2, slot * 2, slot * 2 + 2);
      hole = slot;
    }
    table.fill(0, hole * 2, hole * 2 + 2);
  };

  return {
    add(text) {
      if (size + 1 > slots * LARGEST_LOAD) grow();
      hash64(text, hash);
      if (put(hash[0]!, hash[1]!)) size++;
    },
    delete(text) {
      hash64(text, hash);
      const slot = find(hash[0]!, hash[1]!);
      if (!isFilled(slot)) return;
      closeGap(slot);
      size--;
    },
    has(text) {
      if (size === 0) return false;
      hash64(text, hash);
      return isFilled(find(hash[0]!, hash[1]!));
    },
    get size() {
      return size;
    },
    get bytes() {
      return table.byteLength;
    },
  };
}

/** Two MurmurHash3 (x86, 32 bits) of the UTF-16 units with different seeds, never both 0. */
function hash64(text: string, into: Uint32Array): void {
  into[0] = murmur3(text, 0x9747b28c);
  into[1] = murmur3(text, 0x3c6ef372) || 1;
}

function murmur3(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i += 2) {
    let k = text.charCodeAt(i) | ((i + 1 < text.length ? text.charCodeAt(i + 1) : 0) << 16);
    k = Math.imul(k, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  h ^= text.length * 2;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
