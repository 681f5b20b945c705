import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { decodeFrame, frameEnd, frameKey, isIntact, isTombstone, prepareRecord, writeFrame } from './record-frame';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const record = fc.record({
  topic: fc.constant('t'),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(fc.string({ maxLength: 20 }), bytes, { maxKeys: 5, noNullPrototype: true }),
});
const MAX_OFFSET = 2 ** 48 - 1;

function frameOf(outbound: Parameters<typeof prepareRecord>[0], offset: number, timestampMs: number): Buffer {
  const prepared = prepareRecord(outbound);
  const frame = Buffer.alloc(prepared.frameBytes);
  expect(writeFrame(frame, 0, prepared, offset, timestampMs)).toBe(frame.length);
  return frame;
}

describe('record frame', () => {
  it('uses the CRC-32 of zlib and PNG', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
  });

  it('gives back what it was given', () => {
    fc.assert(
      fc.property(record, fc.nat(MAX_OFFSET), fc.nat(MAX_OFFSET), (outbound, offset, timestampMs) => {
        const frame = frameOf(outbound, offset, timestampMs);
        expect(frameEnd(frame, 0)).toBe(frame.length);
        expect(isIntact(frame, 0, frame.length)).toBe(true);
        expect(decodeFrame(frame, 0, 't', 3)).toEqual({ ...outbound, partition: 3, offset, timestampMs });
        expect(frameKey(frame, 0)).toBe(outbound.key === null ? null : outbound.key.toString('latin1'));
        expect(isTombstone(frame, 0)).toBe(outbound.value === null);
      }),
    );
  });

  it('notices every changed byte', () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (outbound, at, flip) => {
        const frame = frameOf(outbound, 7, 8);
        frame[at % frame.length]! ^= flip;
        const end = frameEnd(frame, 0)!;
        expect(end === frame.length && isIntact(frame, 0, end)).toBe(false);
      }),
    );
  });
});
