import { murmur2 } from '@tradewind/contracts';

/**
 * 53-bit hash of the UTF-16 units of `text`: two multiply–xorshift lanes with MurmurHash3's finaliser (Appleby, `fmix32`). Not for
 * adversaries; two texts collide by chance with probability 2^-53.
 */
export function hash53(text: string): number {
  let a = 0x9e3779b9 ^ text.length;
  let b = 0x85ebca6b ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x5bd1e995);
    a ^= a >>> 15;
    b = Math.imul(b ^ unit, 0x27d4eb2f);
    b ^= b >>> 13;
  }
  return (mix(b) >>> 11) * 0x1_0000_0000 + (mix(a) >>> 0);
}

/** Where a user falls in 0 ≤ x < 100: Kafka's murmur2 of the UTF-8 text `salt:userKey`, finalised by `fmix32`, as a share of 2^32. */
export function rolloutPercent(salt: string, userKey: string): number {
  return ((mix(murmur2(Buffer.from(`${salt}:${userKey}`))) >>> 0) / 0x1_0000_0000) * 100;
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
