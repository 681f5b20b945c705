import { InvalidArgumentError } from 'commander';

/** Parses an option's value as a whole number in [min, max], for commander's `option(flags, text, parse)`. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Give a whole number ${range}.`);
  };
}

/** Parses an option's value as a number in (min, max]. */
export function positiveNumber(max: number = Number.MAX_VALUE): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value <= max) return value;
    throw new InvalidArgumentError(max === Number.MAX_VALUE ? 'Give a number above 0.' : `Give a number above 0, up to ${max}.`);
  };
}

export const portNumber = wholeNumber(1, 65_535);

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses `90s`, `15m`, `12h`, `7d` or `0` into milliseconds. */
export function duration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  if (count === undefined && text !== '0') throw new InvalidArgumentError('Give a time such as 90s, 15m, 12h, 7d or 0.');
  return count === undefined ? 0 : Number(count) * UNIT_MS[unit]!;
}
