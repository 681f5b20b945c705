import { crc32 } from 'node:zlib';
import { AppError } from '@tradewind/contracts';
import { decodeMoment, encodeMoment } from '../tracks/track';
import { IDS_KEPT } from './message-ids';
import type { Plan } from './plan';
import { ByteReader, ByteWriter } from './state-bytes';
import type { StateReader, StateWriter } from './state-port';
import type { UserRuleState } from './user-rule-state';

const FORMAT = 1;
const CHECKSUM_BYTES = 4;
/** Instead of the difference to the time before, when that is too large. */
const WHOLE_TIME = Number.MAX_SAFE_INTEGER;
const MAX_STEP_MS = 2 ** 51;
const scratchWords = new Uint32Array(4 * IDS_KEPT);

/** What reading a state needs of its engine. */
export interface StateOwner {
  readonly plan: Plan;
  create(userKey: string): UserRuleState;
  refresh(state: UserRuleState): void;
}

/**
 * Format, fingerprint, clock, rule bits, waiting events, event table (time as the difference to the one before; age and id of the last 16),
 * recent message ids, then each track that saw an event. Leaf truths and the next check are not in it: they follow from the rest.
 */
export function encodeStateTo({ fingerprint, tracks }: Plan, state: UserRuleState, writer: StateWriter): void {
  const { trackIds } = state;
  for (let i = 0; i < trackIds.length; i++) tracks[trackIds[i]!]!.prune(state.tracks[i]!, state, state.clockMs);
  state.compact();
  writer.varint(FORMAT);
  writer.varint(parseInt(fingerprint, 16));
  encodeMoment(state.started ? state.clockMs : null, writer);
  encodeMoment(state.lostFutureMs === -Infinity ? null : state.lostFutureMs, writer);
  for (const bits of state.ruleBits) writer.varint(bits >>> 0);
  writer.varint(state.pending.length);
  for (const { atMs, bytes } of state.pending) {
    writer.number(atMs);
    writer.bytes(bytes);
  }
  encodeTimes(state.times, writer);
  encodeIds(state, writer);
  state.recent?.encode(writer);
  writer.varint(trackIds.length);
  for (let i = 0; i < trackIds.length; i++) {
    writer.varint(trackIds[i]!);
    tracks[trackIds[i]!]!.encode(state.tracks[i]!, writer);
  }
}

/** `null` for another format or rule set. @throws RangeError when it does not decode */
export function decodeStateFrom(owner: StateOwner, userKey: string, reader: StateReader): UserRuleState | null {
  if (reader.varint() !== FORMAT || reader.varint() !== parseInt(owner.plan.fingerprint, 16)) return null;
  const state = owner.create(userKey);
  const clockMs = decodeMoment(reader);
  state.started = clockMs !== null;
  state.clockMs = clockMs ?? -Infinity;
  state.lostFutureMs = decodeMoment(reader) ?? -Infinity;
  for (let i = 0; i < state.ruleBits.length; i++) state.ruleBits[i] = reader.varint() | 0;
  const pending = reader.varint();
  for (let i = 0; i < pending; i++) state.pending.push({ atMs: reader.number(), bytes: reader.bytes() });
  decodeTimes(state, reader);
  decodeIds(state, reader);
  state.recent?.decode(reader);
  const tracks = reader.varint();
  for (let i = 0; i < tracks; i++) {
    const track = owner.plan.tracks[reader.varint()];
    if (track === undefined) throw new RangeError('a track that the rules do not have');
    state.addTrack(i, track.id, track.decode(reader));
  }
  if (state.started) owner.refresh(state);
  return state;
}

const scratch = new ByteWriter();

/** A record of its own: the state, then the CRC-32 (zlib polynomial) of it. */
export function encodeState(plan: Plan, state: UserRuleState): Uint8Array {
  scratch.clear();
  encodeStateTo(plan, state, scratch);
  scratch.checksum();
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

function encodeTimes(times: readonly number[], writer: StateWriter): void {
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
}

function decodeTimes({ times }: UserRuleState, reader: StateReader): void {
  const size = reader.varint();
  let timeMs = 0;
  for (let slot = 0; slot < size; slot++) {
    const step = reader.varint();
    if (step === WHOLE_TIME) timeMs = reader.number();
    else timeMs += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    times.push(timeMs);
  }
}

/** Slots are in the order of arrival, so those of the last events come last: their number, ages, words, and texts that are no UUIDs. */
function encodeIds({ numbers, entered, ids }: UserRuleState, writer: StateWriter): void {
  let from = numbers.length;
  while (from > 0 && entered - numbers[from - 1]! <= IDS_KEPT) from--;
  const count = numbers.length - from;
  writer.varint(count);
  let texts = 0;
  for (let i = 0; i < count; i++) {
    const number = numbers[from + i]!;
    writer.varint(entered - number);
    ids.copyWords(number, scratchWords, 4 * i);
    if (ids.text(number) !== '') texts |= 1 << i;
  }
  writer.uint32s(scratchWords, 4 * count);
  writer.varint(texts);
  for (let i = 0; i < count; i++) if ((texts & (1 << i)) !== 0) writer.text(ids.text(numbers[from + i]!));
}

function decodeIds(state: UserRuleState, reader: StateReader): void {
  const { numbers, times, ids } = state;
  const count = reader.varint();
  const from = times.length - count;
  if (count > IDS_KEPT || from < 0) throw new RangeError(`${count} message ids of ${times.length} events`);
  state.entered = IDS_KEPT + 1;
  for (let slot = 0; slot < from; slot++) numbers.push(0);
  for (let i = 0; i < count; i++) numbers.push(state.entered - reader.varint());
  const words = reader.uint32s(4 * count);
  const texts = reader.varint();
  for (let i = 0; i < count; i++) {
    if ((texts & (1 << i)) !== 0) ids.set(numbers[from + i]!, reader.text());
    else ids.setWords(numbers[from + i]!, words, 4 * i);
  }
}
