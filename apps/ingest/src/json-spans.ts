/**
 * Where values lie inside JSON text, so that events reach the log with the bytes their client sent: numbers beyond 2^53, key order and
 * escapes stay. Everything here works on bytes that `JSON.parse` has accepted before; on other bytes the spans mean nothing, but it ends.
 */

/** Byte range `[start, end)` of one JSON value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Levels of arrays and objects that an event may have; deeper JSON is an attack on whoever reads it. */
export const MAX_DEPTH = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** Levels inside the containers that were skipped since it was last set to 0; counted on the way, because a pass of its own costs more. */
let deepest = 0;

/** Levels of arrays and objects in the value that `bytes` begins with (white space allowed); 0 of a scalar. */
export function depthOf(bytes: Uint8Array): number {
  deepest = 0;
  skipValue(bytes, skipSpace(bytes, 0));
  return deepest;
}

/** The elements of the array that starts at `at` (leading white space allowed), in order. */
export function elementSpans(bytes: Uint8Array, at: number): Span[] {
  const spans: Span[] = [];
  let i = skipSpace(bytes, skipSpace(bytes, at) + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_ARRAY) {
    const end = skipValue(bytes, i);
    spans.push({ start: i, end });
    i = skipComma(bytes, end);
  }
  return spans;
}

/** Where the wanted members' values lie, in the order of their names. */
export type Members = (Span | undefined)[];

/**
 * The values of some members of the object that starts at `at` (leading white space allowed), in the order of `names`. Of repeated
 * members the last counts, as in `JSON.parse`.
 */
export function memberSpans(bytes: Buffer, at: number, names: readonly string[]): Members {
  const found: Members = names.map(() => undefined);
  scanMembers(bytes, skipSpace(bytes, at), { names, found, from: 0 });
  return found;
}

/** Where the wanted members of the object that `bytes` is lie, and its levels of arrays and objects, in one pass. */
export function objectSpans(bytes: Buffer, names: readonly string[]): { readonly members: Members; readonly depth: number } {
  const members: Members = names.map(() => undefined);
  deepest = 0;
  scanMembers(bytes, skipSpace(bytes, 0), { names, found: members, from: 0 });
  return { members, depth: deepest + 1 };
}

/** An element of an array, and the wanted members of it when it is an object; their spans count from its start. */
export interface ElementSpan extends Span {
  readonly members: Members;
  /** Levels of arrays and objects. */
  readonly depth: number;
}

/**
 * The elements of the array that is the member `name` of the object that `bytes` is, in order, and where the members `names` of each lie: all
 * of it in one pass.
 */
export function batchSpans(bytes: Buffer, name: string, names: readonly string[]): ElementSpan[] {
  let elements: ElementSpan[] = [];
  let i = skipSpace(bytes, skipSpace(bytes, 0) + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_OBJECT) {
    const keyEnd = skipString(bytes, i);
    const isBatch = indexOfKey(bytes, i, keyEnd, [name]) === 0;
    i = skipColon(bytes, keyEnd);
    if (isBatch && bytes[i] === OPEN_ARRAY) {
      elements = [];
      i = scanElements(bytes, i, names, elements);
    } else {
      i = skipValue(bytes, i);
    }
    i = skipComma(bytes, i);
  }
  return elements;
}

/** @returns the index after the array */
function scanElements(bytes: Buffer, at: number, names: readonly string[], elements: ElementSpan[]): number {
  let i = skipSpace(bytes, at + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_ARRAY) {
    const found: Members = names.map(() => undefined);
    deepest = 0;
    const isObject = bytes[i] === OPEN_OBJECT;
    const end = isObject ? scanMembers(bytes, i, { names, found, from: i }) : skipValue(bytes, i);
    elements.push({ start: i, end, members: found, depth: isObject ? deepest + 1 : deepest });
    i = skipComma(bytes, end);
  }
  return i + 1;
}

interface Wanted {
  readonly names: readonly string[];
  /** Filled in their order. */
  readonly found: Members;
  /** Where the spans count from. */
  readonly from: number;
}

/** @returns the index after the object that starts at `at` */
function scanMembers(bytes: Buffer, at: number, { names, found, from }: Wanted): number {
  let i = skipSpace(bytes, at + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_OBJECT) {
    const keyEnd = skipString(bytes, i);
    const wanted = indexOfKey(bytes, i, keyEnd, names);
    i = skipColon(bytes, keyEnd);
    const end = skipValue(bytes, i);
    if (wanted >= 0) found[wanted] = { start: i - from, end: end - from };
    i = skipComma(bytes, end);
  }
  return i + 1;
}

/** Where the quoted key of a member lies, and its value. */
export type VisitMember = (keyStart: number, keyEnd: number, valueStart: number, valueEnd: number) => void;

/** Every member of the object that starts at `at` (leading white space allowed), in order, repeated ones too. */
export function eachMember(bytes: Uint8Array, at: number, visit: VisitMember): void {
  let i = skipSpace(bytes, skipSpace(bytes, at) + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_OBJECT) {
    const keyEnd = skipString(bytes, i);
    const valueStart = skipColon(bytes, keyEnd);
    const valueEnd = skipValue(bytes, valueStart);
    visit(i, keyEnd, valueStart, valueEnd);
    i = skipComma(bytes, valueEnd);
  }
}

/** Index in `names`, which are ASCII, of the key whose quoted text is `[start, end)`, or -1. */
function indexOfKey(bytes: Buffer, start: number, end: number, names: readonly string[]): number {
  for (let n = 0; n < names.length; n++) if (isKey(bytes, start, end, names[n]!)) return n;
  // An escaped key is longer than its name: "prop\u0065rties".
  for (let i = start + 1; i < end - 1; i++) {
    if (bytes[i] === BACKSLASH) return names.indexOf(JSON.parse(bytes.toString('utf8', start, end)) as string);
  }
  return -1;
}

function isKey(bytes: Buffer, start: number, end: number, name: string): boolean {
  if (end - start - 2 !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[start + 1 + i] !== name.charCodeAt(i)) return false;
  return true;
}

/** From the end of a key to the start of its value. */
function skipColon(bytes: Uint8Array, at: number): number {
  const i = skipSpace(bytes, at);
  return skipSpace(bytes, bytes[i] === COLON ? i + 1 : i);
}

/** From the end of a value to the next key or element, or to the closing bracket. */
function skipComma(bytes: Uint8Array, at: number): number {
  const i = skipSpace(bytes, at);
  return bytes[i] === COMMA ? skipSpace(bytes, i + 1) : i;
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
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > deepest) deepest = depth;
    } else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return i;
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
