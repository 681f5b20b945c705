/** 2^8 registers: a standard error of 1.04 / √256 = 6.5 %. */
const INDEX_BITS = 8;
const REGISTERS = 1 << INDEX_BITS;
const RANK_BITS = 32 - INDEX_BITS;
const RANKS = RANK_BITS + 2;
const ALPHA = 1 / (2 * Math.LN2);
/** Of `packRegisters`. */
export const PACKED_BYTES = Math.ceil(REGISTERS / 3) * 2;

/** Registers of a HyperLogLog over 32-bit hashes (Flajolet, Fusy, Gandouet & Meunier 2007). The same set of hashes gives the same registers, in any order. */
export function createRegisters(): Uint8Array {
  return new Uint8Array(REGISTERS);
}

/** @param hash unsigned, 32 bits */
export function addHash(registers: Uint8Array, hash: number): void {
  const index = hash >>> RANK_BITS;
  const rest = (hash << INDEX_BITS) >>> 0;
  const rank = Math.min(Math.clz32(rest), RANK_BITS) + 1;
  if (rank > registers[index]!) registers[index] = rank;
}

/**
 * How many distinct hashes were added, by the improved estimator, which needs no correction for small or large numbers (Ertl 2017, "New cardinality
 * estimation algorithms for HyperLogLog sketches", algorithm 6).
 */
export function estimateDistinct(registers: Uint8Array): number {
  const ranks = new Uint32Array(RANKS);
  for (const rank of registers) ranks[rank]!++;
  let z = REGISTERS * tau(1 - ranks[RANK_BITS + 1]! / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + ranks[rank]!);
  return (ALPHA * REGISTERS * REGISTERS) / (z + REGISTERS * sigma(ranks[0]! / REGISTERS));
}

/** Three registers in two bytes. */
export function packRegisters(registers: Uint8Array): Uint8Array {
  const packed = new Uint8Array(PACKED_BYTES);
  for (let i = 0, at = 0; i < REGISTERS; i += 3, at += 2) {
    const value = registers[i]! + RANKS * ((registers[i + 1] ?? 0) + RANKS * (registers[i + 2] ?? 0));
    packed[at] = value;
    packed[at + 1] = value >>> 8;
  }
  return packed;
}

/** @throws RangeError when it is not what `packRegisters` made */
export function unpackRegisters(packed: Uint8Array): Uint8Array {
  if (packed.length !== PACKED_BYTES) throw new RangeError(`${packed.length} bytes of registers`);
  const registers = createRegisters();
  for (let i = 0, at = 0; i < REGISTERS; i += 3, at += 2) {
    const value = packed[at]! | (packed[at + 1]! << 8);
    if (value >= RANKS ** 3) throw new RangeError(`registers ${value}`);
    registers[i] = value % RANKS;
    if (i + 1 < REGISTERS) registers[i + 1] = Math.floor(value / RANKS) % RANKS;
    if (i + 2 < REGISTERS) registers[i + 2] = Math.floor(value / RANKS ** 2);
  }
  return registers;
}

function sigma(x: number): number {
  if (x === 1) return Infinity;
  let [power, y, z, before] = [x, 1, x, NaN];
  while (z !== before) {
    power *= power;
    before = z;
    z += power * y;
    y += y;
  }
  return z;
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let [root, y, z, before] = [x, 1, 1 - x, NaN];
  while (z !== before) {
    root = Math.sqrt(root);
    before = z;
    y *= 0.5;
    z -= (1 - root) ** 2 * y;
  }
  return z / 3;
}
