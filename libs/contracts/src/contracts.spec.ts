import fc from 'fast-check';
import { isoTime } from './cloud-events';
import { AppError, EVENT, EventType, fromCloudEventHeaders, murmur2, partitionForKey, toCloudEventHeaders } from './index';

describe('murmur2', () => {
  // Vectors of Kafka's own UtilsTest.testMurmur2.
  // @see https://github.com/apache/kafka/blob/3.7.0/clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java#L77
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ])('hashes %s as the Java client does', (text, expected) => {
    expect(murmur2(Buffer.from(text))).toBe(expected);
  });

  it('hashes the bytes abc as the Java client does', () => {
    expect(murmur2(Buffer.from([97, 98, 99]))).toBe(479470107);
  });

  it('gives every key a partition in range', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 200 }), (key, n) => {
        const p = partitionForKey(key, n);
        return Number.isInteger(p) && p >= 0 && p < n;
      }),
    );
  });
});

describe('EVENT codec', () => {
  const event = fc.record({
    messageId: fc.string(),
    type: fc.constantFrom(EventType.EVENT_TYPE_TRACK, EventType.EVENT_TYPE_IDENTIFY),
    userKey: fc.string({ unit: 'grapheme' }),
    occurredAtMs: fc.maxSafeNat(),
    valueMinor: fc.maxSafeInteger(),
    items: fc.array(fc.record({ productId: fc.string(), quantity: fc.double({ noNaN: true }), priceMinor: fc.maxSafeInteger() })),
    payloadJson: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  });

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(event, (input) => {
        const { messageId, type, userKey, occurredAtMs, valueMinor, items, payloadJson } = EVENT.decode(EVENT.encode(input));
        expect({ messageId, type, userKey, occurredAtMs, valueMinor, items: undefined, payloadJson: undefined }).toEqual({
          ...input,
          items: undefined,
          payloadJson: undefined,
        });
        expect(items.map((i) => ({ productId: i.productId, quantity: i.quantity, priceMinor: i.priceMinor }))).toEqual(input.items);
        expect(Buffer.from(payloadJson).equals(input.payloadJson)).toBe(true);
      }),
    );
  });

  it('writes half an emoji as U+FFFD, so that what was encoded always decodes', () => {
    const text = fc.string({ unit: fc.constantFrom('\ud83d', '\udc4d', 'a', '💥', 'ß') });
    fc.assert(
      fc.property(text, fc.constantFrom(0, 60), (part, padding) => {
        const messageId = part + ' '.repeat(padding);
        expect(EVENT.decode(EVENT.encode({ messageId })).messageId).toBe(Buffer.from(messageId).toString());
      }),
    );
  });

  it('reports bytes of something else as RECORD_CORRUPT', () => {
    expect(() => EVENT.decode(Buffer.from('not protobuf at all'))).toThrow(AppError);
    expect(() => EVENT.decode(null)).toThrow(/no value/);
  });
});

describe('isoTime', () => {
  it('is that of Date', () => {
    fc.assert(fc.property(fc.date({ noInvalidDate: true }), (date) => expect(isoTime(date.getTime())).toBe(date.toISOString())));
    for (const ms of [0, -1, 86_399_999, 86_400_000, 8.64e15, -8.64e15, 1.9]) expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    expect(() => isoTime(NaN)).toThrow(RangeError);
  });
});

describe('CloudEvents headers', () => {
  it('round-trip', () => {
    const attributes = { id: 'm1', source: '/tradewind/ingest/shop', type: 'io.tradewind.clickstream.event.v1', timeMs: 1_700_000_000_000 };
    expect(fromCloudEventHeaders(toCloudEventHeaders(attributes))).toEqual(attributes);
  });

  it('tells foreign records apart', () => {
    expect(fromCloudEventHeaders({ ce_id: 'x' })).toBeNull();
  });
});
