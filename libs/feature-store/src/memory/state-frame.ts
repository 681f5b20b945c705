import { crc32 } from 'node:zlib';
import type { StateWrite } from '../state-store';

/** Bytes of a frame before its body: body length and CRC-32 of the body, uint32 little-endian each. */
export const FRAME_HEAD = 8;
const MAX_BODY = 1 << 30;

/** What snapshot and journal files hold: a write, or a deleted key. */
export type StateChange = StateWrite | { readonly key: string; readonly value: null };

/** Head, then revision (float64; -1 deletes), key length (uint32), key (UTF-8), value. */
export function encodeFrame(change: StateChange): Buffer {
  const key = Buffer.from(change.key, 'utf8');
  const valueBytes = change.value?.length ?? 0;
  const frame = Buffer.allocUnsafeSlow(FRAME_HEAD + 12 + key.length + valueBytes);
  frame.writeDoubleLE(change.value === null ? -1 : change.revision, FRAME_HEAD);
  frame.writeUInt32LE(key.length, FRAME_HEAD + 8);
  key.copy(frame, FRAME_HEAD + 12);
  change.value?.copy(frame, FRAME_HEAD + 12 + key.length);
  const body = frame.subarray(FRAME_HEAD);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(body), 4);
  return frame;
}

/** The first frame of `bytes` and where it ends; `null` when it is cut short or its checksum differs. */
export function decodeFrame(bytes: Buffer): { readonly change: StateChange; readonly end: number } | null {
  if (bytes.length < FRAME_HEAD + 12) return null;
  const size = bytes.readUInt32LE(0);
  if (size < 12 || size > MAX_BODY || bytes.length < FRAME_HEAD + size) return null;
  const body = bytes.subarray(FRAME_HEAD, FRAME_HEAD + size);
  if (crc32(body) !== bytes.readUInt32LE(4)) return null;
  const revision = body.readDoubleLE(0);
  const keyEnd = 12 + body.readUInt32LE(8);
  const key = body.toString('utf8', 12, keyEnd);
  const change = revision < 0 ? { key, value: null } : { key, value: body.subarray(keyEnd), revision };
  return { change, end: FRAME_HEAD + size };
}

/** Splits a byte stream into changes. @returns the length of the part that was whole. */
export async function* readFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<StateChange, number> {
  let rest: Buffer = Buffer.alloc(0);
  let whole = 0;
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let frame = decodeFrame(rest); frame !== null; frame = decodeFrame(rest.subarray(at))) {
      at += frame.end;
      yield frame.change;
    }
    rest = rest.subarray(at);
    whole += at;
  }
  return whole;
}
