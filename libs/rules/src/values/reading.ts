import { parseDate } from '../language/duration';

/** Numbers beyond it are no numbers to rules, so that what is counted in integers stays exact. */
const MAX_NUMBER = 2 ** 53;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
const LONE_SURROGATE = /\p{Surrogate}/u;
const MAX_DECIMAL = 40;
const MAX_TRAIT_TEXT = 1000;
const MAX_TRAIT_ELEMENTS = 100;
/** Longer texts count as their beginning in `distinct` and `mostFrequent`. */
const MAX_VALUE_TEXT = 200;

/** A JSON number, or text that is a decimal number, up to ±2^53; else `undefined`. −0 reads as 0. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.abs(value) <= MAX_NUMBER ? value + 0 : undefined;
  if (typeof value !== 'string' || value.length > MAX_DECIMAL) return undefined;
  const text = value.trim();
  return DECIMAL.test(text) ? asNumber(Number(text)) : undefined;
}

/** Epoch milliseconds: ISO 8601 text (UTC without an offset) or a number of milliseconds; else `undefined`. */
export function asTimeMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.abs(value) <= 8.64e15 ? value : undefined;
  return typeof value === 'string' && value.length <= MAX_DECIMAL ? parseDate(value) : undefined;
}

/** A text, number or boolean as the text that `mostFrequent` counts; else `undefined`. */
export function asLabel(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : clip(value, MAX_VALUE_TEXT);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** What two values must share to be one for `distinct`; the text 1 is not the number 1. `undefined` for what does not count. */
export function asIdentity(value: unknown): string | undefined {
  const label = asLabel(value);
  return label === undefined ? undefined : `${(typeof value)[0]!}${label}`;
}

/** A trait as it is kept: text up to 1,000 characters, the scalars among the first 100 elements of a list, of an object only whether it is empty. */
export function keptTrait(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, MAX_TRAIT_TEXT);
  if (Array.isArray(value)) return value.slice(0, MAX_TRAIT_ELEMENTS).filter(isScalar).map(keptTrait);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0 ? {} : { kept: 0 };
  return value;
}

/** Follows own members only. `found` tells null from nothing. */
export function valueAt(root: unknown, path: readonly string[]): { readonly found: boolean; readonly value: unknown } {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return NOTHING;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return { found: true, value };
}

const NOTHING = { found: false, value: undefined } as const;

/** Well-formed, so that it comes back from UTF-8 as it was. */
function clip(text: string, length: number): string {
  const kept = text.length <= length ? text : text.slice(0, length);
  return LONE_SURROGATE.test(kept) ? Buffer.from(kept).toString() : kept;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
