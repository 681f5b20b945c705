import { Fault, invalid } from './fault';

/** ISO 4217 minor-unit exponents that differ from 2. */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map(
    (code) => [code, 0] as const,
  ),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
]);
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;
const MAX_DIGITS = 40;

/** Digits after the point of a currency, e.g. 2 for GBP, 0 for JPY. Unknown currencies have 2. */
export function minorUnitDigits(currency: string): number {
  return EXPONENTS.get(currency) ?? 2;
}

/**
 * A decimal amount of `currency` (number or numeric text) in minor units, exact: the amount is read as the decimal its client wrote, never
 * multiplied in floating point; digits below the minor unit round half away from zero. Absent gives `undefined`.
 */
export function readMoney(value: unknown, currency: string, field: string): number | undefined | Fault {
  if (value === undefined || value === null || value === '') return undefined;
  const digits = minorUnitDigits(currency);
  if (typeof value === 'number') {
    // The usual case without text: when n is the double nearest to k / 10^digits, its decimal is exactly that.
    const scale = 10 ** digits;
    const minor = Math.round(value * scale);
    if (minor / scale === value && Number.isSafeInteger(minor)) return minor === 0 ? 0 : minor;
  }
  if (typeof value !== 'number' && typeof value !== 'string') return invalid(`${field} must be a number`);
  return decimalToMinor(String(value).trim(), digits) ?? invalid(`${field} is not an amount of money that fits 53 bits of minor units`);
}

/** `undefined` when the text is no decimal or the result is no safe integer. */
function decimalToMinor(text: string, minorDigits: number): number | undefined {
  const match = text.length <= MAX_DIGITS ? DECIMAL.exec(text) : null;
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = whole + fraction;
  // The point of `digits` in the minor unit, counted from the left.
  const point = whole.length + Number(exponent) + minorDigits;
  if (point > MAX_DIGITS) return /^0*$/.test(digits) ? 0 : undefined;
  const kept = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const roundsUp = point >= 0 && (digits[point] ?? '0') >= '5';
  const minor = Number(kept) + (roundsUp ? 1 : 0);
  if (!Number.isSafeInteger(minor)) return undefined;
  return minor !== 0 && sign === '-' ? -minor : minor;
}
