import { existsSync, ftruncateSync, mkdirSync, readSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FRAME_MIN_BYTES, frameEnd, frameOffset, isIntact } from './record-frame';
import { Segment } from './segment';

const CHUNK_BYTES = 4 * 1024 * 1024;
const SEGMENT_NAME = /^(\d{20})\.log$/;

/** Receives what people should know; the caller decides where it goes. Never payloads. */
export type LogCallback = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details: Readonly<Record<string, string | number | boolean>>,
) => void;

export function segmentPath(folder: string, baseOffset: number): string {
  return join(folder, `${String(baseOffset).padStart(20, '0')}.log`);
}

/**
 * Opens the segments of one partition in offset order; an absent folder is an empty partition.
 * Sealed segments are taken by their index, or checked frame by frame when it is missing. The last one is always checked whole:
 * a damaged end, which a crash leaves, is cut off.
 * @throws STATE_CORRUPT when a sealed segment without index is damaged.
 */
export function recoverSegments(folder: string, log: LogCallback): Segment[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder);
  for (const name of names) if (/\.(tmp|compacting)$/.test(name)) rmSync(join(folder, name));
  const bases = names.flatMap((name) => SEGMENT_NAME.exec(name)?.[1] ?? []).map(Number);
  bases.sort((a, b) => a - b);
  const segments: Segment[] = [];
  bases.forEach((base, i) => {
    const segment = new Segment(segmentPath(folder, base), base);
    // Compaction merged it into the one before and was killed before it could delete it.
    if (base < (segments.at(-1)?.endOffset ?? 0)) return segment.delete();
    if (i === bases.length - 1) openLast(segment, log);
    else openSealed(segment);
    segments.push(segment);
  });
  return segments;
}

function openSealed(segment: Segment): void {
  const fileBytes = statSync(segment.path).size;
  if (segment.loadIndex(fileBytes)) return;
  scan(segment, fileBytes);
  if (segment.bytes < fileBytes) throw segment.corruptAt(segment.bytes);
  if (segment.records > 0) segment.writeIndex();
}

function openLast(segment: Segment, log: LogCallback): void {
  const fileBytes = statSync(segment.path).size;
  scan(segment, fileBytes);
  const lost = fileBytes - segment.bytes;
  if (lost === 0) return;
  const kept = keepIntactRest(segment, fileBytes);
  ftruncateSync(segment.descriptor, segment.bytes);
  const message = kept ? 'log segment damaged in its middle: cut there, the rest put aside' : 'unfinished write cut off the log';
  log('warn', message, { file: segment.path, position: segment.bytes, bytesCut: lost, ...(kept ? { keptIn: kept } : {}) });
}

/**
 * A crash of the process leaves half a frame and nothing behind it. When intact records follow the damage they may have been
 * acknowledged, so the rest is copied to `<segment>.damaged-<position>` for a person to look at. Returns that path.
 */
function keepIntactRest(segment: Segment, fileBytes: number): string | null {
  const rest = Buffer.allocUnsafe(fileBytes - segment.bytes);
  readSync(segment.descriptor, rest, 0, rest.length, segment.bytes);
  if (!holdsIntactFrame(rest, segment.endOffset)) return null;
  const path = `${segment.path}.damaged-${segment.bytes}`;
  writeFileSync(path, rest);
  return path;
}

/** Looks for an intact frame at every byte of `rest`; plausible offsets keep checksums rare. */
function holdsIntactFrame(rest: Buffer, nextOffset: number): boolean {
  const lastPlausible = nextOffset + rest.length / FRAME_MIN_BYTES;
  for (let at = 1; at + FRAME_MIN_BYTES <= rest.length; at++) {
    const end = frameEnd(rest, at)!;
    if (end > rest.length) continue;
    const offset = frameOffset(rest, at);
    if (offset > nextOffset && offset <= lastPlausible && isIntact(rest, at, end)) return true;
  }
  return false;
}

/** Accounts for every frame up to the first damaged one. */
function scan(segment: Segment, fileBytes: number): void {
  const buffer = Buffer.allocUnsafe(Math.min(fileBytes, CHUNK_BYTES));
  let wanted = buffer.length;
  while (segment.bytes < fileBytes) {
    const target = wanted <= buffer.length ? buffer : Buffer.allocUnsafe(wanted);
    const chunk = target.subarray(0, readSync(segment.descriptor, target, 0, target.length, segment.bytes));
    const intact = intactLength(chunk, segment.endOffset);
    segment.appended(chunk, 0, intact);
    if (intact > 0) {
      wanted = buffer.length;
      continue;
    }
    const end = frameEnd(chunk, 0);
    const cutByChunk = end !== null && end > chunk.length && segment.bytes + end <= fileBytes;
    if (!cutByChunk) return;
    wanted = end;
  }
}

/** Length of the leading run of intact frames whose offsets ascend from `nextOffset` on. */
function intactLength(chunk: Buffer, nextOffset: number): number {
  let at = 0;
  for (let end = frameEnd(chunk, 0); end !== null && isIntact(chunk, at, end); end = frameEnd(chunk, at)) {
    const offset = frameOffset(chunk, at);
    if (offset < nextOffset) return at;
    nextOffset = offset + 1;
    at = end;
  }
  return at;
}

/** Creates the partition's folder and the first or next segment in it. */
export function createSegment(folder: string, baseOffset: number): Segment {
  mkdirSync(folder, { recursive: true });
  const segment = new Segment(segmentPath(folder, baseOffset), baseOffset);
  segment.create();
  return segment;
}

/**
 * Turns the file of `segment` into an empty one that begins at `baseOffset`, its end; needs no room on the disk. Killed in between it has its new
 * name and old records, which recovery cuts off because their offsets are lower.
 */
export function emptySegment(segment: Segment, baseOffset: number): Segment {
  const empty = new Segment(segmentPath(dirname(segment.path), baseOffset), baseOffset);
  renameSync(segment.path, empty.path);
  ftruncateSync(empty.descriptor, 0);
  return empty;
}
