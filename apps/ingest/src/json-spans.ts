/**
 * Where values lie inside JSON text, so that events reach the log with the bytes their client sent: numbers beyond 2^53, key order and
 * escapes stay. Everything here works on bytes that `JSON.parse` has accepted before; on other bytes the spans mean nothing, but it ends.
 */

/** Byte range `[start, end)` of one JSON value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** The elements of the array that starts at `at` (leading white space allowed), in order. */
export function elementSpans(bytes: Uint8Array, at: number): Span[] {
  const spans: Span[] = [];
  let i = skipSpace(bytes, skipSpace(bytes, at) + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_ARRAY) {
    const end = skipValue(bytes, i);
    spans.push({ start: i, end });
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
  }
  return spans;
}

/**
 * The values of some members of the object that starts at `at` (leading white space allowed), in the order of `names`. Of repeated
 * members the last counts, as in `JSON.parse`.
 */
export function memberSpans(bytes: Buffer, at: number, names: readonly string[]): (Span | undefined)[] {
  const found: (Span | undefined)[] = names.map(() => undefined);
  let i = skipSpace(bytes, skipSpace(bytes, at) + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_OBJECT) {
    const keyEnd = skipString(bytes, i);
    const wanted = indexOfKey(bytes, i, keyEnd, names);
    i = skipSpace(bytes, keyEnd);
    if (bytes[i] === COLON) i++;
    i = skipSpace(bytes, i);
    const end = skipValue(bytes, i);
    if (wanted >= 0) found[wanted] = { start: i, end };
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
  }
  return found;
}

/** One member of an object: where its quoted key and its value lie. */
export interface Member {
  readonly key: Span;
  readonly value: Span;
}

/** Every member of the object that starts at `at` (leading white space allowed), in order, repeated ones too. */
export function members(bytes: Uint8Array, at: number): Member[] {
  const found: Member[] = [];
  let i = skipSpace(bytes, skipSpace(bytes, at) + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_OBJECT) {
    const key = { start: i, end: skipString(bytes, i) };
    i = skipSpace(bytes, key.end);
    if (bytes[i] === COLON) i++;
    const start = skipSpace(bytes, i);
    const end = skipValue(bytes, start);
    found.push({ key, value: { start, end } });
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
  }
  return found;
}

/** Index in `names` of the key whose quoted text is `[start, end)`, or -1. Names are ASCII. */
function indexOfKey(bytes: Buffer, start: number, end: number, names: readonly string[]): number {
  const length = end - start - 2;
  for (let n = 0; n < names.length; n++) {
    const name = names[n]!;
    if (name.length === length && name.charCodeAt(0) === bytes[start + 1] && bytes.toString('latin1', start + 1, end - 1) === name)
      return n;
  }
  // An escaped key is longer than its name: "prop\u0065rties".
  for (let i = start + 1; i < end - 1; i++) {
    if (bytes[i] === BACKSLASH) return names.indexOf(JSON.parse(bytes.toString('utf8', start, end)) as string);
  }
  return -1;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  let i = at;
  // JSON's white space is 0x20, 0x09, 0x0a and 0x0d; no other byte up to 0x20 stands outside a string of valid JSON.
  while (i < bytes.length && bytes[i]! <= SPACE) i++;
  return i;
}

/** The index after the closing quote of the string whose opening quote is at `at`. */
function skipString(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte === QUOTE) return i + 1;
    i += byte === BACKSLASH ? 2 : 1;
  }
  return bytes.length;
}

/** The index after the value that starts at `at`; always beyond `at` while bytes are left. */
function skipValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return skipString(bytes, at);
  return first === OPEN_OBJECT || first === OPEN_ARRAY ? skipContainer(bytes, at) : skipScalar(bytes, at);
}

/** Iterative, so that deep nesting costs no stack. */
function skipContainer(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let i = at;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte === QUOTE) {
      i = skipString(bytes, i);
      continue;
    }
    i++;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return i;
  }
  return bytes.length;
}

function skipScalar(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || byte <= SPACE) return i;
    i++;
  }
  return bytes.length;
}
