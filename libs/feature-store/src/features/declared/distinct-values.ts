import { hash32 } from '../../codec/hash';
import { PACKED_BYTES, addHash, createRegisters, estimateDistinct, packRegisters, unpackRegisters } from './hyper-log-log';
import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { toPredicate, toTextReader, type TextField } from './selector';

const EXACT_DEFAULT = 32;

export interface DistinctValuesOptions extends ProfileOptions {
  readonly of: TextField;
  /** Up to so many it is exact. @default 32 */
  readonly exactUpTo?: number;
}

export interface DistinctValues {
  /** Distinct hashes, ascending, while there are no registers. */
  readonly hashes: number[];
  registers: Uint8Array | null;
}

/**
 * How many different values, `<name>_distinct_count`: exact up to the bound (but for 32-bit hash collisions: 1 in 8 million at 32), then a HyperLogLog
 * with a standard error of 6.5 %. Does not depend on the order of events; repeats change nothing.
 */
export function distinctValues(options: DistinctValuesOptions): ProfileFeature<DistinctValues> {
  const { name, on, of, exactUpTo = EXACT_DEFAULT } = options;
  const isSelected = toPredicate(on);
  const valuesOf = toTextReader(of);
  const count = ({ hashes, registers }: DistinctValues) => (registers === null ? hashes.length : Math.round(estimateDistinct(registers)));
  return declare('distinct.1', options, {
    concerns: isSelected,
    maxBytes: Math.max(2 + 4 * exactUpTo, 5 + PACKED_BYTES),
    initial: (): DistinctValues => ({ hashes: [], registers: null }),
    apply(state, event) {
      if (isSelected(event)) for (const value of valuesOf(event)) insert(state, hash32(value), exactUpTo);
    },
    encode({ hashes, registers }, writer) {
      writer.varint(registers === null ? hashes.length : exactUpTo + 1);
      if (registers === null) writer.uint32s(toWords(hashes), hashes.length);
      else writer.bytes(packRegisters(registers));
    },
    decode(reader) {
      const size = reader.varint();
      if (size > exactUpTo) return { hashes: [], registers: unpackRegisters(reader.bytes()) };
      return { hashes: [...reader.uint32s(size)], registers: null };
    },
    columns: [{ name: `${name}_distinct_count`, read: count }],
  });
}

/** In memory that the next call uses again. */
function toWords(hashes: readonly number[]): Uint32Array {
  if (words.length < hashes.length) words = new Uint32Array(2 * hashes.length);
  for (let i = 0; i < hashes.length; i++) words[i] = hashes[i]!;
  return words;
}

let words = new Uint32Array(64);

function insert(state: DistinctValues, hash: number, exactUpTo: number): void {
  const { hashes } = state;
  if (state.registers !== null) return addHash(state.registers, hash);
  let at = hashes.length;
  while (at > 0 && hashes[at - 1]! > hash) at--;
  if (hashes[at - 1] === hash) return;
  hashes.splice(at, 0, hash);
  if (hashes.length <= exactUpTo) return;
  state.registers = createRegisters();
  for (const each of hashes) addHash(state.registers, each);
  hashes.length = 0;
}
