import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { truncateIp } from './ip';

describe('truncateIp', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0'],
    [' 203.0.113.77 ', '203.0.113.0'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1::'],
    ['2001:db8::1', '2001:db8::'],
    ['::1', '::'],
    ['fe80::1%eth0', 'fe80::'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['64:ff9b::203.0.113.77', '64:ff9b::'],
    ['1:2:3:4:5:6:203.0.113.77', '1:2:3::'],
    ['', null],
    ['not an address', null],
    ['203.0.113.777', null],
  ])('%j becomes %j', (address, truncated) => {
    expect(truncateIp(address)).toBe(truncated);
  });

  it('gives addresses, which stay as they are when cut again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const once = truncateIp(address)!;
        expect(truncateIp(once)).toBe(once);
        expect(once.includes('.') || isIPv6(once)).toBe(true);
      }),
    );
  });
});
