import { isIPv4 } from 'node:net';

type Value = string | number | readonly Value[] | { readonly [key: string]: Value };
type Node = [left: Node | number | null, right: Node | number | null];

const STRING = 2;
const UINT16 = 5;
const UINT32 = 6;
const MAP = 7;
const UINT64 = 9;
const ARRAY = 11;

/**
 * A file of MaxMind's format with an IPv6 tree, 24-bit records and these networks (IPv4 lies in `::/96`).
 * @see https://maxmind.github.io/MaxMind-DB/
 */
export function writeMmdb(networks: Readonly<Record<string, Value>>, databaseType = 'GeoLite2-City'): Buffer {
  const root: Node = [null, null];
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [cidr, value] of Object.entries(networks)) {
    insert(root, cidr, dataBytes);
    const bytes = encode(value);
    data.push(bytes);
    dataBytes += bytes.length;
  }
  const nodes = flatten(root);
  const tree = Buffer.concat(nodes.flatMap((node) => node.map((record) => recordBytes(record, nodes))));
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: databaseType,
    description: { en: 'made by a test' },
    ip_version: 6,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 24,
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), metadata]);
}

function insert(root: Node, cidr: string, dataOffset: number): void {
  const [address, prefix] = cidr.split('/') as [string, string];
  const bits = bitsOf(address).slice(0, isIPv4(address) ? 96 + Number(prefix) : Number(prefix));
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const next = node[bit];
    node = typeof next === 'object' && next !== null ? next : (node[bit] = [null, null]);
  }
  node[bits.at(-1)!] = dataOffset;
}

function bitsOf(address: string): (0 | 1)[] {
  const words = isIPv4(address) ? [0, 0, 0, 0, 0, 0, ...ipv4Words(address)] : ipv6Words(address);
  return words.flatMap((word) => [...word.toString(2).padStart(16, '0')].map((bit) => (bit === '1' ? 1 : 0)));
}

function ipv4Words(address: string): number[] {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number];
  return [a * 256 + b, c * 256 + d];
}

function ipv6Words(address: string): number[] {
  const [head, tail] = address.split('::').map((part) => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)))) as [
    number[],
    number[]?,
  ];
  return tail === undefined ? head : [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function flatten(root: Node): Node[] {
  const nodes: Node[] = [root];
  for (const node of nodes) for (const record of node) if (typeof record === 'object' && record !== null) nodes.push(record);
  return nodes;
}

function recordBytes(record: Node | number | null, nodes: readonly Node[]): Buffer {
  const value = record === null ? nodes.length : typeof record === 'number' ? nodes.length + 16 + record : nodes.indexOf(record);
  return Buffer.from([value >> 16, (value >> 8) & 255, value & 255]);
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(STRING, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') return encodeNumber(value);
  if (Array.isArray(value)) return Buffer.concat([control(ARRAY, value.length), ...value.map(encode)]);
  const entries = Object.entries(value as Readonly<Record<string, Value>>);
  return Buffer.concat([control(MAP, entries.length), ...entries.flatMap(([key, each]) => [encode(key), encode(each)])]);
}

function encodeNumber(value: number): Buffer {
  const type = value < 65_536 ? UINT16 : value < 2 ** 32 ? UINT32 : UINT64;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  const significant = bytes.subarray(bytes.findIndex((byte) => byte !== 0) < 0 ? 8 : bytes.findIndex((byte) => byte !== 0));
  return Buffer.concat([control(type, significant.length), significant]);
}

/** Type and size; sizes from 29 take another byte, types from 8 as well. */
function control(type: number, size: number): Buffer {
  const [short, rest] = size < 29 ? [size, []] : [29, [size - 29]];
  return type < 8 ? Buffer.from([(type << 5) | short, ...rest]) : Buffer.from([short, type - 7, ...rest]);
}
