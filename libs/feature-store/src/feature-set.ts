import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AppError, type Event, type LogPosition } from '@tradewind/contracts';
import { hash48 } from './codec/hash';
import { MessageWindow } from './codec/message-window';
import { RecordReader } from './codec/record-reader';
import { RecordWriter } from './codec/record-writer';
import type { Feature } from './feature';
import { UserState, type AppliedPosition } from './user-state';

const FORMAT = 1;
const CHECKSUM_BYTES = 4;

/** `repeated`: the position was applied before. `duplicate`: another record with the same message id was. Both leave the state as it was. */
export type ApplyOutcome = 'applied' | 'repeated' | 'duplicate';

/** The features of one service: folds events into states, reads vectors from states, turns states into records and back. */
export interface FeatureSet {
  readonly features: readonly Feature<unknown>[];
  /** Column names in the order of `vector`; all unique. */
  readonly columns: readonly string[];
  /** 8 hex digits of the tags and names. A changed set needs new records: put it into the key prefix and the consumer group. */
  readonly fingerprint: string;
  create(userKey: string): UserState;
  /**
   * Folds one event of the user's log into the state, at most once per position and per message id (of the last 128
   * distinct ones). Positions of a partition must come in ascending order.
   */
  apply(state: UserState, position: LogPosition, event: Event): ApplyOutcome;
  /** Writes `columns.length` values to `out` from index `offset`. Values that are not finite as float32 become 0. */
  vector(state: UserState, asOfMs: number, out: Float32Array, offset?: number): void;
  /** Equal states give equal bytes. */
  encode(state: UserState): Buffer;
  /** Appends the record to a shared buffer. */
  encodeTo(state: UserState, writer: RecordWriter): void;
  /** Blocks with a tag that is not in the set are dropped; features without a block start at `initial()`. @throws STATE_CORRUPT */
  decode(userKey: string, record: Buffer): UserState;
}

/**
 * Record: format byte, applied positions (count; topic, partition, next offset), last event time, message-id window
 * (count; 6 bytes each, oldest first), then per feature a tag, a length and that many bytes in tag order, CRC-32 at the end.
 * @throws Error when tags or column names clash.
 */
export function createFeatureSet(declared: readonly Feature<unknown>[]): FeatureSet {
  const features = [...declared].sort((a, b) => a.tag - b.tag);
  const columns = features.flatMap((feature) => feature.columns.map((column) => column.name));
  check(features, columns);
  const bySlot = new Map(features.map((feature, slot) => [feature.tag, slot]));
  const readers = features.map((feature) => feature.columns);

  function apply(state: UserState, position: LogPosition, event: Event): ApplyOutcome {
    if (position.offset < state.nextOffset(position.topic, position.partition)) return 'repeated';
    if (event.messageId !== '' && !state.recent.add(hash48(event.messageId))) return 'duplicate';
    const { slots } = state;
    for (let i = 0; i < features.length; i++) features[i]!.apply(slots[i], event);
    state.advance(position.topic, position.partition, position.offset + 1);
    if (event.occurredAtMs > state.lastEventAtMs) state.lastEventAtMs = event.occurredAtMs;
    return 'applied';
  }

  function vector(state: UserState, asOfMs: number, out: Float32Array, offset = 0): void {
    let at = offset;
    for (let i = 0; i < readers.length; i++) {
      for (const column of readers[i]!) {
        const value = Math.fround(column.read(state.slots[i], asOfMs));
        out[at++] = Number.isFinite(value) ? value : 0;
      }
    }
  }

  function encodeTo(state: UserState, writer: RecordWriter): void {
    const start = writer.length;
    writer.byte(FORMAT);
    writer.varint(state.positions.length);
    for (const { topic, partition, nextOffset } of state.positions) {
      writer.text(topic);
      writer.varint(partition);
      writer.varint(nextOffset);
    }
    writer.number(state.lastEventAtMs);
    state.recent.encode(writer);
    for (let i = 0; i < features.length; i++) {
      writer.byte(features[i]!.tag);
      const block = writer.beginBlock();
      features[i]!.encode(state.slots[i], writer);
      writer.endBlock(block);
    }
    writer.checksum(start);
  }

  function decodeBlocks(reader: RecordReader): unknown[] {
    const slots = new Array<unknown>(features.length).fill(undefined);
    while (reader.remaining > 0) {
      const slot = bySlot.get(reader.byte());
      const block = reader.block();
      if (slot === undefined) continue;
      slots[slot] = features[slot]!.decode(block);
      if (block.remaining > 0) throw new RangeError(`feature ${features[slot]!.name} left ${block.remaining} bytes unread`);
    }
    return slots.map((slot, i) => slot ?? features[i]!.missing?.() ?? features[i]!.initial());
  }

  return {
    features,
    columns,
    fingerprint: fingerprint(features),
    create: (userKey) =>
      new UserState(
        userKey,
        features,
        features.map((feature) => feature.initial()),
      ),
    apply,
    vector,
    encodeTo,
    encode(state) {
      const writer = new RecordWriter(1024);
      encodeTo(state, writer);
      return Buffer.from(writer.view(0, writer.length));
    },
    decode(userKey, record) {
      try {
        const reader = openRecord(record);
        const stored = decodeHead(reader);
        return new UserState(userKey, features, decodeBlocks(reader), stored);
      } catch (cause) {
        throw new AppError('STATE_CORRUPT', `the state record of ${userKey} (${record.length} bytes) does not decode`, { cause });
      }
    },
  };
}

/**
 * The bytes of a record between its applied positions and its checksum: equal for users who are equal, wherever their events lay.
 * For comparing stores that were built from different logs. @throws RangeError when it is no record
 */
export function withoutPositions(record: Buffer): Buffer {
  const reader = openRecord(record);
  readPositions(reader);
  return record.subarray(reader.position, reader.end);
}

function openRecord(record: Buffer): RecordReader {
  const end = record.length - CHECKSUM_BYTES;
  if (end < 1) throw new RangeError('shorter than any record');
  if (record[0] !== FORMAT) throw new RangeError(`format ${record[0]} instead of ${FORMAT}`);
  if (crc32(record.subarray(0, end)) !== record.readUInt32LE(end)) throw new RangeError('the checksum differs');
  return new RecordReader(record, 1, end);
}

function decodeHead(reader: RecordReader): { positions: AppliedPosition[]; lastEventAtMs: number; recent: MessageWindow } {
  return { positions: readPositions(reader), lastEventAtMs: reader.number(), recent: MessageWindow.decode(reader) };
}

function readPositions(reader: RecordReader): AppliedPosition[] {
  const positions: AppliedPosition[] = [];
  const count = reader.varint();
  for (let i = 0; i < count; i++) positions.push({ topic: reader.text(), partition: reader.varint(), nextOffset: reader.varint() });
  return positions;
}

function fingerprint(features: readonly Feature<unknown>[]): string {
  const declaration = features.map(({ tag, name, declaration }) => `${tag}=${name}${declaration ?? ''}`).join(',');
  return createHash('sha256').update(`${FORMAT};${declaration}`).digest('hex').slice(0, 8);
}

function check(features: readonly Feature<unknown>[], columns: readonly string[]): void {
  const tags = new Set<number>();
  for (const { tag, name } of features) {
    if (!Number.isInteger(tag) || tag < 1 || tag > 127) throw new Error(`feature ${name}: tag ${tag} is not 1 to 127`);
    if (tags.has(tag)) throw new Error(`feature ${name}: tag ${tag} is taken`);
    tags.add(tag);
  }
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) throw new Error(`two features have a column ${twice}`);
}
