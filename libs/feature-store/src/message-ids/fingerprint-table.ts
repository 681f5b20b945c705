/** Tables that grow each by themselves: growing one of them holds nobody up. */
const PARTS = 256;
const INITIAL_SLOTS = 16;
const MAX_LOAD = 0.8;
const GROWTH = 1.3;
const { ceil, floor } = Math;

/** A set of fingerprints by open addressing with linear probing: 8 bytes a slot, 10 to 13 an id. Never shrinks. */
export class FingerprintTable {
  size = 0;
  private readonly parts: Float64Array[] = Array.from({ length: PARTS }, () => new Float64Array(INITIAL_SLOTS));
  private readonly sizes = new Uint32Array(PARTS);

  get bytes(): number {
    return this.parts.reduce((sum, part) => sum + part.byteLength, 0);
  }

  has(print: number, spread: number): boolean {
    const part = this.parts[spread >>> 24]!;
    return part[slotOf(part, print)] === print;
  }

  /** @returns false when it is there already */
  add(print: number, spread: number): boolean {
    const index = spread >>> 24;
    const part = this.parts[index]!;
    const slot = slotOf(part, print);
    if (part[slot] === print) return false;
    part[slot] = print;
    this.size++;
    if (++this.sizes[index]! > part.length * MAX_LOAD) this.parts[index] = grown(part);
    return true;
  }
}

/** Where `print` is, or the empty slot where it belongs; there always is one. */
function slotOf(part: Float64Array, print: number): number {
  let slot = floor(((print % 0x1_0000_0000) / 0x1_0000_0000) * part.length);
  while (part[slot] !== 0 && part[slot] !== print) slot = slot + 1 === part.length ? 0 : slot + 1;
  return slot;
}

function grown(part: Float64Array): Float64Array {
  const larger = new Float64Array(ceil(part.length * GROWTH));
  for (const print of part) if (print !== 0) larger[slotOf(larger, print)] = print;
  return larger;
}
