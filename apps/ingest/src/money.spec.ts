import fc from 'fast-check';
import { Fault } from './fault';
import { minorUnitDigits, readMoney } from './money';

describe('readMoney', () => {
  it.each([
    [0.1 + 0.2, 'GBP', 30],
    [1.005, 'GBP', 101],
    ['1.005', 'GBP', 101],
    [-1.005, 'GBP', -101],
    [4.35, 'GBP', 435],
    [0.29, 'USD', 29],
    ['.5', 'USD', 50],
    ['7.', 'USD', 700],
    [1e-7, 'USD', 0],
    ['12e2', 'USD', 120_000],
    [1999, 'JPY', 1999],
    [0.4, 'JPY', 0],
    [0.5, 'JPY', 1],
    [1.2345, 'KWD', 1235],
    ['0.00000000000000000000000000000001', 'USD', 0],
    ['90071992547409.91', 'USD', 9_007_199_254_740_991],
    ['0e999', 'USD', 0],
  ])('%p %s is %p minor units', (value, currency, expected) => {
    expect(readMoney(value, currency, 'total')).toBe(expected);
  });

  it.each([['1,5'], ['£3'], ['-'], ['.'], ['1e999'], [1e300], ['90071992547409.92'], [true], [{}], [[1]], ['9'.repeat(41)]])(
    'refuses %p',
    (value) => {
      expect(readMoney(value, 'USD', 'total')).toBeInstanceOf(Fault);
    },
  );

  it.each([[undefined], [null], ['']])('takes %p for absent', (value) => {
    expect(readMoney(value, 'USD', 'total')).toBeUndefined();
  });

  it('is exact for every amount that a client can write, as number and as text', () => {
    const amount = fc.maxSafeInteger().map((minor) => Math.trunc(minor / 1000));
    fc.assert(
      fc.property(amount, fc.constantFrom('GBP', 'JPY', 'KWD', 'CLF'), (minor, currency) => {
        const digits = minorUnitDigits(currency);
        const plain = String(Math.abs(minor)).padStart(digits + 1, '0');
        const text = `${minor < 0 ? '-' : ''}${plain.slice(0, plain.length - digits)}${digits > 0 ? `.${plain.slice(-digits)}` : ''}`;
        // `|| 0`: there is no negative zero of money.
        expect(readMoney(text, currency, 'x')).toBe(minor || 0);
        expect(readMoney(Number(text), currency, 'x')).toBe(minor || 0);
      }),
    );
  });
});
