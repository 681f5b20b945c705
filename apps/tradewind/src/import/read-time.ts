import { AppError } from '@tradewind/contracts';

export interface TimeOptions {
  /** A pattern such as `dd/MM/yyyy HH:mm`, or `auto`: ISO 8601, or a number since 1970 in s, ms, µs or ns by its size. */
  readonly format: string;
  /** IANA name of the zone of times that tell none. */
  readonly zone: string;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** What each word of a pattern matches. */
const WORDS: Readonly<Record<string, string>> = {
  yyyy: '(\\d{4})',
  yy: '(\\d{2})',
  MMM: '([A-Za-z]{3,})',
  MM: '(\\d{2})',
  M: '(\\d{1,2})',
  dd: '(\\d{2})',
  d: '(\\d{1,2})',
  HH: '(\\d{2})',
  H: '(\\d{1,2})',
  hh: '(\\d{2})',
  h: '(\\d{1,2})',
  mm: '(\\d{2})',
  ss: '(\\d{2})',
  SSS: '(\\d{1,9})',
  a: '([AaPp][Mm])',
  XXX: '(Z|[+-]\\d\\d(?::?\\d\\d)?)',
  EEE: '[A-Za-z]{3,},?',
};
const WORD = /yyyy|yy|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|SSS|a|XXX|EEE/g;

/**
 * Reads times as ISO 8601 UTC; undefined what is none by this format.
 * @throws CONFIG_INVALID for a zone or a format that there is not
 */
export function createTimeReader({ format, zone }: TimeOptions): (value: unknown) => string | undefined {
  const toUtc = createZone(zone);
  const readText = format === 'auto' ? (text: string) => readIso(text, toUtc) : createPattern(format, toUtc);
  return (value) => {
    const epoch = format === 'auto' ? epochMs(value) : undefined;
    const timeMs = epoch ?? (typeof value === 'string' ? readText(value.trim()) : undefined);
    return timeMs === undefined || Math.abs(timeMs) > 8.64e15 || Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString();
  };
}

/** Seconds until the year 5138, then milliseconds, microseconds, nanoseconds. Eight digits are a date, not a time of 1970. */
function epochMs(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d{9,19}(\.\d+)?$/.test(value.trim()) ? Number(value) : NaN;
  if (!(number >= 1e8)) return undefined;
  if (number < 1e11) return number * 1e3;
  if (number < 1e14) return number;
  return number < 1e17 ? number / 1e3 : number / 1e6;
}

type ToUtc = (localMs: number) => number;

function readIso(text: string, toUtc: ToUtc): number | undefined {
  const [found, year, month, day, hour = 0, minute = 0, second = 0, fraction, offset] = ISO.exec(text) ?? [];
  if (found === undefined) return undefined;
  const parts = { year: +year!, month: +month!, day: +day!, hour: +hour, minute: +minute, second: +second, ms: fractionMs(fraction) };
  return timeOf(parts, offset, toUtc);
}

interface Parts {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

/** Undefined for a day or an hour that there is not. */
function timeOf({ year, month, day, hour, minute, second, ms }: Parts, offset: string | undefined, toUtc: ToUtc): number | undefined {
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(localMs);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined;
  return offset === undefined ? toUtc(localMs) : localMs - offsetMs(offset);
}

function fractionMs(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000 + 1e-9);
}

function offsetMs(offset: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function createPattern(format: string, toUtc: ToUtc): (text: string) => number | undefined {
  const words: string[] = [];
  const source = format
    .split(/('[^']*')/)
    .map((part) => (part.startsWith("'") ? escaped(part.slice(1, -1)) : patternOf(part, words)))
    .join('');
  if (
    !words.some((word) => word.startsWith('y')) ||
    !words.some((word) => word.startsWith('M')) ||
    !words.some((word) => word.startsWith('d'))
  )
    throw new AppError('CONFIG_INVALID', `time format "${format}": name at least year, month and day, e.g. dd/MM/yyyy HH:mm, or auto`);
  const pattern = new RegExp(`^${source}$`);
  return (text) => {
    const found = pattern.exec(text);
    if (!found) return undefined;
    const of = (...names: string[]) => found[words.findIndex((word) => names.includes(word)) + 1];
    const has = (...names: string[]) => words.some((word) => names.includes(word));
    const month = has('MMM') ? MONTHS.indexOf(of('MMM')!.slice(0, 3).toLowerCase()) + 1 : Number(of('MM', 'M'));
    const year = has('yyyy') ? Number(of('yyyy')) : centuryOf(Number(of('yy')));
    const hour = has('hh', 'h') ? hourOf(Number(of('hh', 'h')), has('a') ? of('a')! : 'am') : has('HH', 'H') ? Number(of('HH', 'H')) : 0;
    const parts = {
      year,
      month,
      hour,
      day: Number(of('dd', 'd')),
      minute: numberOf(has('mm'), of('mm')),
      second: numberOf(has('ss'), of('ss')),
    };
    return timeOf({ ...parts, ms: fractionMs(has('SSS') ? of('SSS') : undefined) }, has('XXX') ? of('XXX') : undefined, toUtc);
  };
}

function patternOf(part: string, words: string[]): string {
  let [source, at] = ['', 0];
  for (const { 0: word, index } of part.matchAll(WORD)) {
    source += escaped(part.slice(at, index)) + WORDS[word]!;
    if (word !== 'EEE') words.push(word);
    at = index + word.length;
  }
  return source + escaped(part.slice(at));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function numberOf(isThere: boolean, text: string | undefined): number {
  return isThere ? Number(text) : 0;
}

/** POSIX: 69–99 are of the twentieth century. */
function centuryOf(year: number): number {
  return year < 69 ? 2000 + year : 1900 + year;
}

function hourOf(hour: number, half: string): number {
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** Offsets change at quarters of an hour at most. */
const QUARTER_MS = 900_000;
const MAX_KNOWN_QUARTERS = 100_000;

/** Local time to UTC. Of a local time that there is twice the first is taken; one that a clock skips is moved on by the gap. */
function createZone(zone: string): ToUtc {
  if (zone === 'UTC') return (localMs) => localMs;
  const format = formatOf(zone);
  const known = new Map<number, number>();
  const offsetAt = (utcMs: number): number => {
    const quarter = Math.floor(utcMs / QUARTER_MS);
    const found = known.get(quarter);
    if (found !== undefined) return found;
    const parts = Object.fromEntries(format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(parts['year']!, parts['month']! - 1, parts['day'], parts['hour'], parts['minute'], parts['second']);
    if (known.size >= MAX_KNOWN_QUARTERS) known.clear();
    known.set(quarter, local - quarter * QUARTER_MS);
    return local - quarter * QUARTER_MS;
  };
  return (localMs) => {
    // Offsets before and after a change that may lie near: the local time's own is one of them.
    const [before, after] = [offsetAt(localMs - 86_400_000), offsetAt(localMs + 86_400_000)];
    const early = localMs - Math.max(before, after);
    if (offsetAt(early) === Math.max(before, after)) return early;
    const late = localMs - Math.min(before, after);
    return offsetAt(late) === Math.min(before, after) ? late : localMs - before;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const numeric = 'numeric' as const;
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `time zone "${zone}" is not known; give an IANA name such as Europe/London`, { cause });
  }
}
