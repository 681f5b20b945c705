import { createRequire } from 'node:module';
import fc from 'fast-check';
import { crc32c } from './crc32c';
import { encodeFrame, encodeProduce, isPlain, type FrameToEncode, type ProduceToEncode } from './produce-request';

const load = createRequire(__filename);
const theirProduce = load('kafkajs/src/protocol/requests/produce/v3/request.js') as (produce: object) => {
  encode(): Promise<{ buffer: Buffer }>;
};
const theirFrame = load('kafkajs/src/protocol/request.js') as (frame: FrameToEncode) => Promise<{ buffer: Buffer }>;
const theirChecksum = load('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number;

const NOW_MS = 1_700_000_000_123;
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'grapheme', maxLength: 100 });
const content = fc.oneof(bytes, text);
const aMessage = fc.record({
  key: fc.oneof(content, fc.constant(null)),
  value: fc.oneof(bytes, fc.constant(null)),
  headers: fc.dictionary(
    text.filter((name) => !(name in {})),
    content,
    { noNullPrototype: true },
  ),
});
const aProduce: fc.Arbitrary<ProduceToEncode> = fc.record({
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.nat(100_000),
  producerId: fc.maxSafeNat().map(String),
  producerEpoch: fc.nat(32_767),
  topicData: fc.array(
    fc.record({
      topic: text,
      partitions: fc.array(
        fc.record({
          partition: fc.nat(1_000).map(String),
          firstSequence: fc.nat(2 ** 31 - 1),
          messages: fc.array(aMessage, { minLength: 1, maxLength: 80 }),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 3 },
  ),
});

describe('the produce request in the place of that of kafkajs', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOW_MS }));
  afterEach(() => jest.useRealTimers());

  it('has the same bytes', () =>
    fc.assert(
      fc.asyncProperty(aProduce, async (produce) => {
        const theirs = await theirProduce(produce).encode();
        expect(encodeProduce(produce, NOW_MS).buffer.equals(theirs.buffer)).toBe(true);
      }),
      { numRuns: 60 },
    ));

  it('in the same frame', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), fc.oneof(text, fc.constant(null)), bytes, async (correlationId, clientId, body) => {
        const encode = () => Promise.resolve({ buf: body, buffer: body });
        const frame = { correlationId, clientId, request: { apiKey: 0, apiVersion: 7, encode } };
        expect((await encodeFrame(frame)).buffer.equals((await theirFrame(frame)).buffer)).toBe(true);
      }),
    ));

  it('leaves what it cannot do to kafkajs', () => {
    const produce = (part: object) => ({ acks: -1, timeout: 1, topicData: [], ...part }) as ProduceToEncode;
    const stamped = { topicData: [{ topic: 't', partitions: [{ partition: 0, messages: [{ value: null, timestamp: '1' }] }] }] };
    expect([{}, { compression: 1 }, { transactionalId: 'x' }, stamped].map((part) => isPlain(produce(part)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('crc32c', () => {
  it('is the checksum of the standard', () => expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283));

  it('equals that of kafkajs, over any range', () => {
    fc.assert(
      fc.property(bytes, fc.nat(40), fc.nat(40), (buffer, from, cut) => {
        const [start, end] = [Math.min(from, buffer.length), Math.max(Math.min(from, buffer.length), buffer.length - cut)];
        expect(crc32c(buffer, start, end)).toBe(theirChecksum(buffer.subarray(start, end)));
      }),
    );
  });
});
