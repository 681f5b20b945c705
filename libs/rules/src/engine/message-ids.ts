/** How many of a user's latest events keep their message id for evidence. */
export const IDS_KEPT = 16;
const UUID_LENGTH = 36;
const WORDS = 4;

/** The message ids of the last 16 events of a user by number; UUIDs, which most ids are, as four words each. */
export class MessageIds {
  private readonly words: number[] = [];
  /** Ids that are no UUID, by place in the ring; '' for UUIDs. Made when the first comes. */
  private texts: string[] | null = null;

  /** Overwrites the id of the event `IDS_KEPT` before. */
  set(number: number, id: string): void {
    const place = number % IDS_KEPT;
    while (this.words.length < WORDS * (place + 1)) this.words.push(0);
    const isUuid = packUuid(id, this.words, WORDS * place);
    if (isUuid && this.texts === null) return;
    this.texts ??= new Array<string>(IDS_KEPT).fill('');
    this.texts[place] = isUuid ? '' : id;
    if (!isUuid) this.words.fill(0, WORDS * place, WORDS * (place + 1));
  }

  /** '' for an event without id; the event must be one of the last 16. */
  get(number: number): string {
    const place = number % IDS_KEPT;
    const text = this.texts?.[place] ?? '';
    if (text !== '') return text;
    const at = WORDS * place;
    const { words } = this;
    const isSet = words[at] !== 0 || words[at + 1] !== 0 || words[at + 2] !== 0 || words[at + 3] !== 0;
    return isSet ? unpackUuid(words, at) : '';
  }

  /** The id when it is no UUID; '' when it is one or there is none. */
  text(number: number): string {
    return this.texts?.[number % IDS_KEPT] ?? '';
  }

  /** The words of an id: zeros when it is no UUID. */
  copyWords(number: number, into: Uint32Array, at: number): void {
    const from = WORDS * (number % IDS_KEPT);
    for (let i = 0; i < WORDS; i++) into[at + i] = this.words[from + i]!;
  }

  setWords(number: number, from: Uint32Array, at: number): void {
    const place = WORDS * (number % IDS_KEPT);
    while (this.words.length < place + WORDS) this.words.push(0);
    for (let i = 0; i < WORDS; i++) this.words[place + i] = from[at + i]! | 0;
  }
}

/** Writes the words of a lower-case UUID. @returns false for any other text, and for the UUID of zeros */
function packUuid(id: string, words: number[], at: number): boolean {
  if (id.length !== UUID_LENGTH) return false;
  let word = 0;
  let digits = 0;
  let any = 0;
  for (let i = 0; i < UUID_LENGTH; i++) {
    const code = id.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 0x2d) return false;
      continue;
    }
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit < 0) return false;
    word = (word << 4) | digit;
    if (++digits % 8 > 0) continue;
    words[at + digits / 8 - 1] = word;
    any |= word;
    word = 0;
  }
  return any !== 0;
}

function unpackUuid(words: readonly number[], at: number): string {
  const [a, b, c, d] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!];
  const dash = '-';
  return (
    hex16(a >>> 16) +
    hex16(a) +
    dash +
    hex16(b >>> 16) +
    dash +
    hex16(b) +
    dash +
    hex16(c >>> 16) +
    dash +
    hex16(c) +
    hex16(d >>> 16) +
    hex16(d)
  );
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex16(word: number): string {
  return HEX[(word >>> 8) & 0xff]! + HEX[word & 0xff]!;
}
