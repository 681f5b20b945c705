/**
 * Finds members of a JSON object in its bytes without parsing the rest of it. The bytes must be valid JSON, as ingest writes them; on others
 * the answers mean nothing, but it ends.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
/** Numbers in each entry: where key and value begin and end. */
const WIDTH = 4;

/** The members of one object, reused from object to object. */
export class JsonMembers {
  private spans: number[] = [];
  private size = 0;
  private buffer: Buffer = Buffer.alloc(0);

  /** @returns false when there is no object at `at`, or a key is written with escapes: then it must be parsed. */
  load(buffer: Buffer, at: number): boolean {
    this.buffer = buffer;
    this.size = 0;
    let i = skipSpace(buffer, at);
    if (buffer[i] !== OPEN_OBJECT) return false;
    i = skipSpace(buffer, i + 1);
    while (i < buffer.length && buffer[i] === QUOTE) {
      const keyFrom = i + 1;
      i = keyFrom;
      while (i < buffer.length && buffer[i] !== QUOTE) if (buffer[i++] === BACKSLASH) return false;
      const keyEnd = i;
      i = skipSpace(buffer, i + 1);
      if (buffer[i] === COLON) i = skipSpace(buffer, i + 1);
      const end = skipValue(buffer, i);
      this.push(keyFrom, keyEnd, i, end);
      i = skipSpace(buffer, end);
      if (buffer[i] === COMMA) i = skipSpace(buffer, i + 1);
    }
    return true;
  }

  /** Where the value of the key begins, -1 when there is none; of repeated keys the last, as in `JSON.parse`. */
  find(key: Uint8Array): number {
    const { spans, buffer } = this;
    for (let entry = this.size - WIDTH; entry >= 0; entry -= WIDTH) {
      const from = spans[entry]!;
      if (spans[entry + 1]! - from === key.length && isAt(buffer, from, key)) return spans[entry + 2]!;
    }
    return -1;
  }

  private push(keyFrom: number, keyEnd: number, from: number, end: number): void {
    const { spans, size } = this;
    spans[size] = keyFrom;
    spans[size + 1] = keyEnd;
    spans[size + 2] = from;
    spans[size + 3] = end;
    this.size = size + WIDTH;
  }
}

/** The value that begins at `at`, as `JSON.parse` gives it. @throws SyntaxError when there is none */
export function parseValueAt(buffer: Buffer, at: number): unknown {
  const end = skipValue(buffer, at);
  if (buffer[at] !== QUOTE) return JSON.parse(buffer.toString('utf8', at, end));
  let plain = true;
  for (let i = at + 1; i < end - 1 && plain; i++) plain = buffer[i]! < 0x80 && buffer[i] !== BACKSLASH;
  return plain ? buffer.toString('latin1', at + 1, end - 1) : JSON.parse(buffer.toString('utf8', at, end));
}

function isAt(buffer: Buffer, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (buffer[at + i] !== text[i]) return false;
  return true;
}

function skipSpace(buffer: Buffer, at: number): number {
  let i = at;
  while (i < buffer.length && buffer[i]! <= SPACE) i++;
  return i;
}

/** The index after the string whose opening quote is at `at`. */
function skipString(buffer: Buffer, at: number): number {
  let i = at + 1;
  while (i < buffer.length) {
    const byte = buffer[i]!;
    if (byte === QUOTE) return i + 1;
    i += byte === BACKSLASH ? 2 : 1;
  }
  return buffer.length;
}

/** The index after the value that begins at `at`; always beyond `at` while bytes are left. */
function skipValue(buffer: Buffer, at: number): number {
  const first = buffer[at];
  if (first === QUOTE) return skipString(buffer, at);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return skipScalar(buffer, at);
  let depth = 0;
  let i = at;
  while (i < buffer.length) {
    const byte = buffer[i]!;
    if (byte === QUOTE) {
      i = skipString(buffer, i);
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    i++;
    if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return i;
  }
  return buffer.length;
}

function skipScalar(buffer: Buffer, at: number): number {
  let i = at;
  while (i < buffer.length) {
    const byte = buffer[i]!;
    if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || byte <= SPACE) break;
    i++;
  }
  return Math.max(i, at + 1);
}
