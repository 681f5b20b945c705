import { createRequire } from 'node:module';
import fc from 'fast-check';
import { decodeRecord, type RecordBatchContext, type RecordSource } from './record-decoder';
import { encodeRecord, type RecordToEncode } from './record-encoder';

const load = createRequire(__filename);
const theirEncode = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: RecordToEncode) => { buffer: Buffer };
const theirDecode = load('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (
  source: RecordSource,
  context: RecordBatchContext,
) => unknown;
const TheirDecoder = load('kafkajs/src/protocol/decoder.js') as new (buffer: Buffer) => RecordSource & { readVarIntBytes(): Buffer };

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
/** kafkajs takes a header with the name of what every object has for a repeated one; ours does not. */
const headerName = text.filter((name) => !(name in {}));
const content = fc.oneof(bytes, text);
const aRecord: fc.Arbitrary<RecordToEncode> = fc.record({
  offsetDelta: fc.nat({ max: 5_000_000 }),
  timestampDelta: fc.oneof(fc.nat({ max: 5_000_000 }), fc.integer({ min: 0, max: 2 ** 45 })),
  key: fc.oneof(content, fc.constant(null)),
  value: fc.oneof(content, fc.constant(null)),
  headers: fc.dictionary(headerName, fc.oneof(content, fc.array(content, { minLength: 1, maxLength: 3 })), { noNullPrototype: true }),
});
const aContext = fc.record({
  firstOffset: fc.maxSafeNat().map((offset) => String(Math.floor(offset / 2))),
  firstTimestamp: fc.integer({ min: 0, max: 2 ** 42 }).map(String),
  maxTimestamp: fc.integer({ min: 0, max: 2 ** 42 }).map(String),
  timestampType: fc.constantFrom(0, 1),
  isControlBatch: fc.boolean(),
  magicByte: fc.constant(2),
});

function body(encoded: Buffer): RecordSource {
  return new TheirDecoder(new TheirDecoder(encoded).readVarIntBytes());
}

describe('the record codec in the place of that of kafkajs', () => {
  it('writes the same bytes', () => {
    fc.assert(
      fc.property(aRecord, (record) =>
        expect(encodeRecord(record).buffer.toString('hex')).toBe(theirEncode(record).buffer.toString('hex')),
      ),
    );
    expect(encodeRecord({ value: null }).buffer.equals(theirEncode({ value: null }).buffer)).toBe(true);
  });

  it('reads the same records, whatever was read before', () => {
    fc.assert(
      fc.property(aRecord, aContext, (record, context) => {
        const encoded = theirEncode(record).buffer;
        const [ours, theirs] = [body(encoded), body(encoded)];
        expect(decodeRecord(ours, context)).toEqual(theirDecode(theirs, context));
        expect(ours.offset).toBe(theirs.offset);
      }),
    );
  });

  it('takes names that every object has for names', () => {
    const headers = Object.fromEntries(['__proto__', 'constructor', 'toString'].map((name) => [name, Buffer.from(name)]));
    const encoded = encodeRecord({ value: null, headers }).buffer;
    const decoded = decodeRecord(body(encoded), {
      firstOffset: '0',
      firstTimestamp: '0',
      maxTimestamp: '0',
      timestampType: 0,
      isControlBatch: false,
      magicByte: 2,
    });
    expect(Object.entries(decoded.headers)).toEqual(Object.entries(headers));
  });
});
