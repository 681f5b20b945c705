import { crc32 } from 'node:zlib';
import { AppError } from '@tradewind/contracts';
import { decodeMoment, encodeMoment } from '../tracks/track';
import type { Plan } from './plan';
import { ByteReader, ByteWriter } from './state-bytes';
import type { StateReader, StateWriter } from './state-port';
import type { UserRuleState } from './user-rule-state';

const FORMAT = 1;
const CHECKSUM_BYTES = 4;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Instead of the difference to the time before, when that is too large. */
const WHOLE_TIME = Number.MAX_SAFE_INTEGER;
const MAX_STEP_MS = 2 ** 51;

/** What reading a state needs of its engine. */
export interface StateOwner {
  readonly plan: Plan;
  create(userKey: string): UserRuleState;
  refresh(state: UserRuleState): void;
}

/**
 * Format, fingerprint, clock, rule bits, waiting events, event table (time as the difference to the one before; age and id of the last 32),
 * recent message ids, then each track that saw an event. Leaf truths and the next check are not in it: they follow from the rest.
 */
export function encodeStateTo({ fingerprint, tracks }: Plan, state: UserRuleState, writer: StateWriter): void {
  const lists: (readonly number[][])[] = [];
  state.tracks.forEach((track, i) => {
    const definition = tracks[state.trackIds[i]!]!;
    definition.prune(track, state, state.clockMs);
    lists.push(definition.slotLists(track));
  });
  state.compact(lists.flat());
  writer.varint(FORMAT);
  writer.varint(parseInt(fingerprint, 16));
  encodeMoment(state.clockMs, writer);
  encodeMoment(state.lostFutureMs, writer);
  writer.uint32s(state.ruleBits, state.ruleBits.length);
  writer.varint(state.pending.length);
  for (const { atMs, bytes } of state.pending) {
    writer.number(atMs);
    writer.bytes(bytes);
  }
  encodeTable(state, writer);
  state.recent?.encode(writer);
  writer.varint(state.tracks.length);
  state.tracks.forEach((track, i) => {
    writer.varint(state.trackIds[i]!);
    tracks[state.trackIds[i]!]!.encode(track, writer);
  });
}

/** `null` for another format or rule set. @throws RangeError when it does not decode */
export function decodeStateFrom(owner: StateOwner, userKey: string, reader: StateReader): UserRuleState | null {
  if (reader.varint() !== FORMAT || reader.varint() !== parseInt(owner.plan.fingerprint, 16)) return null;
  const state = owner.create(userKey);
  state.clockMs = decodeMoment(reader);
  state.started = state.clockMs !== -Infinity;
  state.lostFutureMs = decodeMoment(reader);
  state.ruleBits.set(reader.uint32s(state.ruleBits.length));
  const pending = reader.varint();
  for (let i = 0; i < pending; i++) state.pending.push({ atMs: reader.number(), bytes: reader.bytes() });
  decodeTable(state, reader);
  state.recent?.decode(reader);
  const tracks = reader.varint();
  for (let i = 0; i < tracks; i++) {
    const track = owner.plan.tracks[reader.varint()];
    if (track === undefined) throw new RangeError('a track that the rules do not have');
    state.addTrack(track.id, track.decode(reader));
  }
  if (state.started) owner.refresh(state);
  return state;
}

const scratch = new ByteWriter();

/** A record of its own: the state, then the CRC-32 (zlib polynomial) of it. */
export function encodeState(plan: Plan, state: UserRuleState): Uint8Array {
  scratch.clear();
  encodeStateTo(plan, state, scratch);
  const checksum = crc32(scratch.finish());
  scratch.uint32s(Uint32Array.of(checksum), 1);
  return scratch.finish();
}

/** `null` for another format or rule set. @throws STATE_CORRUPT */
export function decodeState(owner: StateOwner, userKey: string, record: Uint8Array): UserRuleState | null {
  const buffer = Buffer.from(record.buffer, record.byteOffset, record.length);
  try {
    const end = buffer.length - CHECKSUM_BYTES;
    if (end < 1) throw new RangeError('shorter than any record');
    if (crc32(buffer.subarray(0, end)) !== buffer.readUInt32LE(end)) throw new RangeError('the checksum differs');
    return decodeStateFrom(owner, userKey, new ByteReader(buffer.subarray(0, end)));
  } catch (cause) {
    throw new AppError('STATE_CORRUPT', `the rule state of ${userKey} (${record.length} bytes) does not decode`, { cause });
  }
}

function encodeTable(state: UserRuleState, writer: StateWriter): void {
  const { times, numbers, entered } = state;
  writer.varint(times.length);
  let beforeMs = 0;
  for (let slot = 0; slot < times.length; slot++) {
    const stepMs = times[slot]! - beforeMs;
    if (Math.abs(stepMs) < MAX_STEP_MS) writer.varint(stepMs >= 0 ? 2 * stepMs : -2 * stepMs - 1);
    else {
      writer.varint(WHOLE_TIME);
      writer.number(times[slot]!);
    }
    beforeMs = times[slot]!;
  }
  const withIds = times.map((_, slot) => slot).filter((slot) => state.messageId(slot) !== '');
  writer.varint(withIds.length);
  for (const slot of withIds) {
    writer.varint(slot);
    writer.varint(entered - numbers[slot]!);
    encodeId(state.messageId(slot), writer);
  }
}

function decodeTable(state: UserRuleState, reader: StateReader): void {
  const size = reader.varint();
  let timeMs = 0;
  for (let slot = 0; slot < size; slot++) {
    const step = reader.varint();
    if (step === WHOLE_TIME) timeMs = reader.number();
    else timeMs += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    state.addEvent(timeMs, '');
  }
  const withIds = reader.varint();
  for (let i = 0; i < withIds; i++) {
    const slot = reader.varint();
    state.numbers[slot] = state.entered - reader.varint();
    state.ids[slot] = decodeId(reader);
  }
}

/** 1 and 16 bytes for a UUID, else 0 and the text. */
function encodeId(id: string, writer: StateWriter): void {
  const isUuid = UUID.test(id);
  writer.varint(isUuid ? 1 : 0);
  if (!isUuid) return writer.text(id);
  const hex = id.replaceAll('-', '');
  writer.uint32s(
    Uint32Array.from({ length: 4 }, (_, i) => parseInt(hex.slice(8 * i, 8 * i + 8), 16)),
    4,
  );
}

function decodeId(reader: StateReader): string {
  if (reader.varint() === 0) return reader.text();
  const hex = Array.from(reader.uint32s(4), (word) => word.toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
