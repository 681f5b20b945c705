/**
 * 48-bit hash of the UTF-16 units of `text` as a number: two multiply–xorshift lanes with MurmurHash3's finaliser
 * (Appleby, `fmix32`). Not for adversaries: two ids of one user collide by chance with probability 2^-48.
 */
export function hash48(text: string): number {
  let a = 0x9e3779b9 ^ text.length;
  let b = 0x85ebca6b ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x5bd1e995);
    a ^= a >>> 15;
    b = Math.imul(b ^ unit, 0x27d4eb2f);
    b ^= b >>> 13;
  }
  return (mix(b) >>> 16) * 0x1_0000_0000 + (mix(a) >>> 0);
}

/** The low 32 bits of `hash48`, unsigned. */
export function hash32(text: string): number {
  return hash48(text) % 0x1_0000_0000;
}

/** The bits of a 48-bit hash above the low 32. */
export function high16(hash: number): number {
  return Math.floor(hash / 0x1_0000_0000);
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
