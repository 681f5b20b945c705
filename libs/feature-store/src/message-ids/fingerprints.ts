const INITIAL = 64;
const { imul } = Math;

/**
 * Message ids as 85 bits each: `prints` (53, a safe integer, never 0) is what is stored, `spreads` (32, independent of it) says where. Two
 * different ids are mistaken for one another only when both agree, so a store with 65,536 places compares 69 bits.
 */
export class Fingerprints {
  prints = new Float64Array(INITIAL);
  spreads = new Uint32Array(INITIAL);
  length = 0;

  /** Hashes an id of a source and appends it, without allocating. @returns its print */
  push(sourceId: string, messageId: string): number {
    this.reserve();
    return hashInto(this, this.length++, sourceId, messageId);
  }

  /** Appends one that was hashed before. */
  pushPrint(print: number, spread: number): void {
    this.reserve();
    this.prints[this.length] = print;
    this.spreads[this.length++] = spread;
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(): void {
    if (this.length < this.prints.length) return;
    const { prints, spreads } = this;
    this.prints = new Float64Array(prints.length * 2);
    this.spreads = new Uint32Array(prints.length * 2);
    this.prints.set(prints);
    this.spreads.set(spreads);
  }
}

/**
 * Three multiply–xorshift lanes over the UTF-16 units, two at a time, each ended by MurmurHash3's finaliser (Appleby, `fmix32`). Not for
 * adversaries: who makes ids collide loses only events of their own source.
 */
function hashInto(target: Fingerprints, at: number, sourceId: string, messageId: string): number {
  const length = (sourceId.length << 16) ^ messageId.length;
  let a = 0x9e3779b9 ^ length;
  let b = 0x85ebca6b ^ length;
  let c = 0xc2b2ae35 ^ length;
  for (let part = 0; part < 2; part++) {
    const text = part === 0 ? sourceId : messageId;
    for (let i = 0; i < text.length; i += 2) {
      const units = text.charCodeAt(i) | (i + 1 < text.length ? text.charCodeAt(i + 1) << 16 : 0);
      a = imul(a ^ units, 0x5bd1e995);
      a ^= a >>> 15;
      b = imul(b ^ units, 0x27d4eb2f);
      b ^= b >>> 13;
      c = imul(c ^ units, 0x165667b1);
      c ^= c >>> 14;
    }
  }
  const print = (mix(a) >>> 11) * 0x1_0000_0000 + (mix(b) >>> 0) || 1;
  target.prints[at] = print;
  target.spreads[at] = mix(c);
  return print;
}

function mix(value: number): number {
  let h = value;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
