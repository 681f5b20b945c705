import { hash32 } from '../codec/hash';
import type { Feature } from '../feature';
import { EventKind, kindOf } from './event-kind';

/** Smallest hashes kept per user. */
const KEPT = 256;
const HASH_RANGE = 0x1_0000_0000;

export interface DistinctProducts {
  /** The smallest distinct 32-bit hashes of bought product ids, ascending; the first `size` count. */
  hashes: Uint32Array;
  size: number;
}

/**
 * Distinct products ever bought: exact up to 255 (but for 32-bit hash collisions), then the k-minimum-values estimate
 * (k − 1) / h_k with k = 256 and a standard error of about 6 % (Bar-Yossef et al. 2002; Beyer et al. 2007, eq. 1).
 * Order-independent; refunds do not take a product back.
 */
export const distinctProducts: Feature<DistinctProducts> = {
  name: 'distinct products',
  tag: 4,
  initial: () => ({ hashes: new Uint32Array(4), size: 0 }),
  apply(state, event) {
    if (event.items.length === 0 || kindOf(event) !== EventKind.order) return;
    for (const item of event.items) if (item.productId !== '') insert(state, hash32(item.productId));
  },
  encode(state, writer) {
    writer.varint(state.size);
    writer.uint32s(state.hashes, state.size);
  },
  decode(reader) {
    const size = reader.varint();
    if (size > KEPT) throw new RangeError(`${size} product hashes`);
    const hashes = new Uint32Array(Math.max(4, size));
    hashes.set(reader.uint32s(size));
    return { hashes, size };
  },
  columns: [{ name: 'distinct_products_count', read: estimate }],
};

function estimate({ hashes, size }: DistinctProducts): number {
  return size < KEPT ? size : Math.round((KEPT - 1) / ((hashes[KEPT - 1]! + 1) / HASH_RANGE));
}

function insert(state: DistinctProducts, hash: number): void {
  const at = lowerBound(state, hash);
  if (at === KEPT || (at < state.size && state.hashes[at] === hash)) return;
  if (state.size === state.hashes.length && state.size < KEPT) {
    const grown = new Uint32Array(Math.min(KEPT, state.size * 2));
    grown.set(state.hashes);
    state.hashes = grown;
  }
  if (state.size < KEPT) state.size++;
  state.hashes.copyWithin(at + 1, at, state.size - 1);
  state.hashes[at] = hash;
}

/** First index whose hash is not below `hash`. */
function lowerBound({ hashes, size }: DistinctProducts, hash: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hashes[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
