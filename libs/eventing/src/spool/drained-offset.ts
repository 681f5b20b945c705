import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { writeFileAtomically } from '../embedded/files';

/** Offset (float64) and its CRC-32, little-endian, in two slots that are written in turn. */
const SLOT_BYTES = 12;

/**
 * How far a spool was drained, in a file that never grows, so that a full disk cannot stop it. A write survives the death of the process; one that
 * was cut short leaves the one before it, and power loss an older one: then some records are published again.
 */
export class DrainedOffset {
  private readonly fd: number;
  private slot = 0;

  private constructor(
    path: string,
    public value: number,
  ) {
    this.fd = openSync(path, 'r+');
  }

  /** An offset over `high` is of records that somebody took away: it starts anew at `high`. */
  static open(path: string, high: number): DrainedOffset {
    const offsets = existsSync(path) ? readSlots(readFileSync(path)) : [];
    const value = Math.max(0, ...offsets);
    if (offsets.length === 2 && value <= high) return new DrainedOffset(path, value);
    const start = Math.min(value, high);
    writeFileAtomically(path, Buffer.concat([encodeSlot(start), encodeSlot(start)]));
    return new DrainedOffset(path, start);
  }

  /** Takes effect in memory even when it cannot be written. */
  set(offset: number): void {
    this.value = offset;
    writeSync(this.fd, encodeSlot(offset), 0, SLOT_BYTES, this.slot * SLOT_BYTES);
    this.slot = 1 - this.slot;
  }

  close(): void {
    closeSync(this.fd);
  }
}

function encodeSlot(offset: number): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeDoubleLE(offset, 0);
  slot.writeUInt32LE(crc32(slot.subarray(0, 8)), 8);
  return slot;
}

/** The offsets of the slots that are whole. */
function readSlots(bytes: Buffer): number[] {
  const starts = [0, SLOT_BYTES].filter((at) => at + SLOT_BYTES <= bytes.length);
  return starts.filter((at) => crc32(bytes.subarray(at, at + 8)) === bytes.readUInt32LE(at + 8)).map((at) => bytes.readDoubleLE(at));
}
