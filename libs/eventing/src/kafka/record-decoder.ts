import { setOwn } from '../own-property';

/** Longest varint of a safe integer. */
const MAX_VARINT_BYTES = 8;

/** What of kafkajs' decoder a record is read from. */
export interface RecordSource {
  readonly buffer: Buffer;
  offset: number;
}

/** What kafkajs knows of the record's batch. */
export interface RecordBatchContext {
  readonly firstOffset?: string | number;
  readonly firstTimestamp?: string | number;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
  /** 1: the broker stamped the records. */
  readonly timestampType?: number;
  readonly maxTimestamp?: string | number;
}

type DecodedHeaders = Record<string, Buffer | Buffer[] | null>;

const LOG_APPEND_TIME = 1;

/** A record as kafkajs decodes it, field by field, without the objects on the way: records repeat their header names. */
export function decodeRecord(source: RecordSource, context: RecordBatchContext = {}) {
  const reader = new VarReader(source.buffer, source.offset);
  const { firstOffset = 0, firstTimestamp = 0, magicByte, isControlBatch = false, timestampType, maxTimestamp } = context;
  const attributes = (reader.byte() << 24) >> 24;
  const stamped = String(Number(firstTimestamp) + reader.int());
  const timestamp = timestampType === LOG_APPEND_TIME && maxTimestamp ? maxTimestamp : stamped;
  const offset = String(Number(firstOffset) + reader.int());
  const key = reader.bytes();
  const value = reader.bytes();
  const headers: DecodedHeaders = {};
  const count = reader.int();
  for (let i = 0; i < count; i++) addHeader(headers, reader.name(i), reader.bytes());
  source.offset = reader.at;
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord: isControlBatch, batchContext: context };
}

/** A name that repeats collects its values in a list. A name that every object has, such as `constructor`, is a name like any other. */
function addHeader(headers: DecodedHeaders, name: string, value: Buffer | null): void {
  const present = headers[name];
  if (present === undefined) headers[name] = value;
  else if (!Object.hasOwn(headers, name)) setOwn<DecodedHeaders[string]>(headers, name, value);
  else setOwn<DecodedHeaders[string]>(headers, name, (Array.isArray(present) ? present : [present]).concat([value]) as Buffer[]);
}

/** The names that the last records had, place by place. */
const lastNames: { bytes: Buffer; text: string }[] = [];
const REMEMBERED_NAMES = 16;

class VarReader {
  constructor(
    private readonly buffer: Buffer,
    public at: number,
  ) {}

  byte(): number {
    return this.buffer[this.at++]!;
  }

  int(): number {
    let result = 0;
    let scale = 1;
    for (let i = 0; i <= MAX_VARINT_BYTES; i++) {
      const byte = this.byte();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
      scale *= 0x80;
    }
    throw new RangeError('a number of a Kafka record is longer than 53 bits');
  }

  bytes(): Buffer | null {
    const length = this.int();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return this.buffer.subarray(start, this.at);
  }

  /** The header name that comes at this place. */
  name(place: number): string {
    const length = this.int();
    const start = this.at;
    this.at += length;
    const last = lastNames[place];
    if (last !== undefined && last.bytes.length === length && this.holds(last.bytes, start)) return last.text;
    const text = this.buffer.toString('utf8', start, this.at);
    // A copy: a slice would keep the whole fetched buffer alive.
    if (place < REMEMBERED_NAMES) lastNames[place] = { bytes: Buffer.from(text), text };
    return text;
  }

  private holds(bytes: Buffer, start: number): boolean {
    for (let i = 0; i < bytes.length; i++) if (this.buffer[start + i] !== bytes[i]) return false;
    return true;
  }
}
