import { isIPv4, isIPv6 } from 'node:net';

/** Groups of an IPv6 address that /48 keeps. */
const KEPT_GROUPS = 3;
const GROUPS = 8;

/**
 * An address without its end: IPv4 to its /24, IPv6 to its /48, an IPv4 address written as IPv6 (`::ffff:…`) as IPv4. Null for text that is
 * no address: what cannot be cut cannot be kept.
 */
export function truncateIp(text: string): string | null {
  const address = text.trim();
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return `${mapped.slice(0, mapped.lastIndexOf('.'))}.0`;
  if (!isIPv6(address)) return null;
  const kept = groupsOf(address).slice(0, KEPT_GROUPS);
  while (kept.at(-1) === '0') kept.pop();
  return `${kept.join(':')}::`;
}

/** The eight groups, without leading zeros. */
function groupsOf(address: string): string[] {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const [head = '', tail] = plain.split('::');
  const [before, after] = [splitGroups(head), splitGroups(tail ?? '')];
  const zeros = tail === undefined ? 0 : GROUPS - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].map((group) => group.replace(/^0+(?=.)/, ''));
}

/** An IPv4 address at the end stands for two groups. */
function splitGroups(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : group));
}
