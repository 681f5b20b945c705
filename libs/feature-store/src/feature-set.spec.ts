import fc from 'fast-check';
import { ALL_FEATURES, aLog, decision } from '../test/a-log';
import { createAttribute } from './attribute';
import { RecordReader } from './codec/record-reader';
import { RecordWriter } from './codec/record-writer';
import type { Feature } from './feature';
import { createFeatureSet, withoutPositions } from './feature-set';
import type { UserState } from './user-state';

const set = createFeatureSet(ALL_FEATURES);

function fold(
  log: ReturnType<typeof aLog> extends fc.Arbitrary<infer T> ? T : never,
  through: (state: UserState) => UserState,
): UserState[] {
  const states = new Map<string, UserState>();
  for (const { position, event } of log.flat()) {
    const state = states.get(event.userKey) ?? set.create(event.userKey);
    set.apply(state, position, event);
    states.set(event.userKey, through(state));
  }
  return [...states.values()];
}

const aState = aLog(2, 40).map((log) => fold(log, (state) => state)[0]!);

describe('createFeatureSet', () => {
  it('reads back what it wrote, byte for byte, with the same columns and the same future', () => {
    fc.assert(
      fc.property(aLog(2, 60), (log) => {
        const kept = fold(log, (state) => state);
        const rewritten = fold(log, (state) => set.decode(state.userKey, set.encode(state)));
        expect(rewritten.map((state) => set.encode(state).toString('hex'))).toEqual(kept.map((state) => set.encode(state).toString('hex')));
        const rows = [kept, rewritten].map((states) =>
          states.map((state) => {
            const row = new Float32Array(set.columns.length);
            set.vector(state, state.lastEventAtMs + 86_400_000, row);
            return [...row];
          }),
        );
        expect(rows[1]).toEqual(rows[0]);
        for (const value of rows.flat(2)) expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it('tells users apart by what is known of them, not by where their events lay', () => {
    fc.assert(
      fc.property(aLog(1, 30), fc.integer({ min: 1, max: 1_000 }), (log, shift) => {
        const moved = log.map((batch) =>
          batch.map(({ position, event }) => ({ event, position: { ...position, offset: position.offset + shift } })),
        );
        const [here, there] = [log, moved].map((each) => fold(each, (state) => state).map((state) => set.encode(state)));
        expect(there!.map((record) => withoutPositions(record).toString('hex'))).toEqual(
          here!.map((record) => withoutPositions(record).toString('hex')),
        );
        here!.forEach((record, i) => expect(record.equals(there![i]!)).toBe(false));
      }),
    );
  });

  it('refuses a record cut at any byte, lengthened, or with any byte changed', () => {
    fc.assert(
      fc.property(aState, fc.nat(), fc.integer({ min: 1, max: 255 }), (state, where, change) => {
        const record = set.encode(state);
        const at = where % record.length;
        const changed = Buffer.from(record);
        changed[at]! ^= change;
        for (const bad of [record.subarray(0, at), changed, Buffer.concat([record, Buffer.of(change)])]) {
          expect(() => set.decode('s:u', bad)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT', retryable: false }));
        }
      }),
    );
  });

  it('throws nothing but STATE_CORRUPT for random bytes with a valid checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const writer = new RecordWriter();
        writer.byte(1);
        for (const byte of bytes) writer.byte(byte);
        writer.checksum(0);
        try {
          set.decode('s:u', writer.view(0, writer.length));
        } catch (error) {
          expect(error).toMatchObject({ code: 'STATE_CORRUPT' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('drops blocks of features it does not have, and starts missing ones anew', () => {
    const [state] = fc.sample(aState, { numRuns: 1, seed: 3 });
    state!.of(decision).segment = 'loyal';
    const fewer = createFeatureSet(ALL_FEATURES.filter((feature) => feature !== decision));
    const without = fewer.encode(fewer.decode('s:u', set.encode(state!)));
    expect(set.decode('s:u', without).of(decision)).toEqual({ segment: '', decisions: 0 });
    expect(() => fewer.decode('s:u', without).of(decision)).toThrow('not in this feature set');
    expect(fewer.fingerprint).not.toBe(set.fingerprint);
  });

  it('does not depend on the order of declaration', () => {
    const reversed = createFeatureSet([...ALL_FEATURES].reverse());
    expect(reversed.columns).toEqual(set.columns);
    expect(reversed.fingerprint).toBe(set.fingerprint);
  });

  it('refuses clashing tags and column names', () => {
    const feature = (tag: number, column: string): Feature<object> => ({
      ...createAttribute({ name: `f${tag}`, tag, initial: () => ({}), encode: () => undefined, decode: () => ({}) }),
      columns: [{ name: column, read: () => 0 }],
    });
    expect(() => createFeatureSet([feature(1, 'a'), feature(1, 'b')])).toThrow('tag 1 is taken');
    expect(() => createFeatureSet([feature(1, 'a'), feature(2, 'a')])).toThrow('column a');
    expect(() => createFeatureSet([feature(128, 'a')])).toThrow('128');
  });
});

describe('RecordWriter and RecordReader', () => {
  it('read every value back exactly', () => {
    const aValue = fc.oneof(
      fc.record({ kind: fc.constant('varint' as const), value: fc.maxSafeNat() }),
      fc.record({
        kind: fc.constant('number' as const),
        value: fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(-0, 2 ** 50, 2 ** 50 - 1)),
      }),
      fc.record({ kind: fc.constant('float64' as const), value: fc.double() }),
      fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme', maxLength: 100 }) }),
      fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 200 }) }),
    );
    fc.assert(
      fc.property(fc.array(aValue), (values) => {
        const writer = new RecordWriter(64);
        const block = writer.beginBlock();
        for (const { kind, value } of values) (writer[kind] as (v: typeof value) => void)(value);
        writer.endBlock(block);
        const reader = new RecordReader(Buffer.from(writer.view(0, writer.length)));
        expect(reader.varint()).toBe(reader.remaining);
        for (const { kind, value } of values) expect(reader[kind]()).toEqual(value);
        expect(reader.remaining).toBe(0);
        expect(() => reader.varint()).toThrow(RangeError);
      }),
    );
  });

  it('frames blocks of every length class', () => {
    for (const size of [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const writer = new RecordWriter();
      const block = writer.beginBlock();
      for (let i = 0; i < size; i++) writer.byte(i);
      writer.endBlock(block);
      const reader = new RecordReader(writer.view(0, writer.length));
      expect(reader.varint()).toBe(size);
      expect(reader.remaining).toBe(size);
      expect(reader.take(size)).toBe(writer.length - size);
    }
  });

  it('refuses what is no varint', () => {
    for (const value of [-1, 0.5, NaN, 2 ** 53]) expect(() => new RecordWriter().varint(value)).toThrow(RangeError);
  });
});
