import { BlockList, isIP } from 'node:net';
import { cached } from './bounded-cache';

const CACHED_ADDRESSES = 5_000;
const MAPPED = '::ffff:';
/** Not of the public internet. @see https://www.iana.org/assignments/iana-ipv4-special-registry */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
  '2001:db8::/32',
];

/** An address without the zone or the IPv4 mapping that a socket may add; '' when it is none. */
export function plainAddress(text: string): string {
  const bare = text.startsWith(MAPPED) && text.includes('.') ? text.slice(MAPPED.length) : text.split('%', 1)[0]!;
  return isIP(bare) === 0 ? '' : bare;
}

/** A test of plain addresses for ranges such as `10.0.0.0/8` and `2001:db8::/32`, which must be valid. Remembers the last addresses. */
export function createAddressSet(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const slash = cidr.indexOf('/');
    const [network, prefix] = [cidr.slice(0, slash), Number(cidr.slice(slash + 1))];
    list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return cached(CACHED_ADDRESSES, (address) => list.check(address, address.includes(':') ? 'ipv6' : 'ipv4'));
}

/** Loopback, private, link-local, documentation and multicast addresses. */
export const isSpecialAddress = createAddressSet(SPECIAL);
