import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncData, syncFolder, writeAt } from './files';
import type { PartitionLog } from './partition-log';
import { frameEnd, frameKey, frameOffset, frameTimestampMs, isIntact, isTombstone } from './record-frame';
import { indexPath, Segment } from './segment';

/** Small enough that working through one does not hold up the process. */
const CHUNK_BYTES = 256 * 1024;
/** Compaction waits until this share of the sealed bytes is new since the last one (Kafka's `min.cleanable.dirty.ratio`). */
const MIN_DIRTY_RATIO = 0.5;

export interface CompactionOptions {
  readonly nowMs: number;
  /** A tombstone stays this long after it was written, so that readers behind it still learn of the deletion. */
  readonly deleteRetentionMs: number;
  /** Neighbouring segments are merged up to this size. */
  readonly segmentBytes: number;
}

/** Deletes sealed segments whose newest record is older than `retentionMs`. */
export function applyRetention(log: PartitionLog, retentionMs: number, nowMs: number): void {
  for (const segment of log.sealed) {
    if (segment.maxTimestampMs >= nowMs - retentionMs) return;
    log.replace([segment], null);
    segment.delete();
  }
}

/**
 * Keeps the last record of every key in the sealed segments; offsets stay what they were. Each rewritten file is complete on disk
 * before it replaces the old one, oldest first, so that being killed at any moment leaves a log with the same last record per key.
 */
export async function compact(log: PartitionLog, options: CompactionOptions): Promise<void> {
  const sealed = log.sealed;
  const totalBytes = sealed.reduce((sum, s) => sum + s.bytes, 0);
  const dirtyBytes = sealed.reduce((sum, s) => sum + (s.compacted ? 0 : s.bytes), 0);
  if (dirtyBytes === 0 || dirtyBytes < totalBytes * MIN_DIRTY_RATIO) return;
  const lastOffsets = new Map<string, number>();
  for (const segment of sealed) {
    await eachChunk(segment, (chunk, length) => {
      for (let at = 0; at < length; at = frameEnd(chunk, at)!) {
        const key = frameKey(chunk, at);
        if (key !== null) lastOffsets.set(key, frameOffset(chunk, at));
      }
    });
  }
  const keep = (chunk: Buffer, at: number): boolean => {
    const key = frameKey(chunk, at);
    if (key !== null && lastOffsets.get(key) !== frameOffset(chunk, at)) return false;
    return !isTombstone(chunk, at) || frameTimestampMs(chunk, at) > options.nowMs - options.deleteRetentionMs;
  };
  for (const group of groupBySize(sealed, options.segmentBytes)) await rewrite(log, group, keep);
}

/** Runs of neighbouring segments that together stay under `maxBytes`. */
function groupBySize(segments: readonly Segment[], maxBytes: number): Segment[][] {
  const groups: Segment[][] = [];
  let size = Infinity;
  for (const segment of segments) {
    if (size + segment.bytes > maxBytes) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(segment);
    size += segment.bytes;
  }
  return groups;
}

/** Writes the frames of `group` worth keeping to one new file, which then takes the place of the first of them. */
async function rewrite(log: PartitionLog, group: readonly Segment[], keep: (chunk: Buffer, at: number) => boolean): Promise<void> {
  const first = group[0]!;
  const temporary = first.path.replace(/\.log$/, '.compacting');
  const merged = new Segment(first.path, first.baseOffset);
  const fd = openSync(temporary, 'w');
  try {
    for (const segment of group) {
      await eachChunk(segment, async (chunk, length) => {
        const kept = filterFrames(chunk, length, keep);
        await writeAt(fd, kept, kept.length, merged.bytes);
        merged.appended(kept, 0, kept.length);
      });
    }
    await syncData(fd);
  } finally {
    closeSync(fd);
  }
  merged.endOffset = group.at(-1)!.endOffset;
  merged.compacted = true;
  if (merged.records === 0) rmSync(temporary);
  else install(merged, temporary);
  log.replace(group, merged.records === 0 ? null : merged);
  for (const old of merged.records === 0 ? group : group.slice(1)) old.delete();
}

/** The old index goes first: a kill before the new one is written costs a scan at the next open, never a wrong index. */
function install(merged: Segment, temporary: string): void {
  rmSync(indexPath(merged.path), { force: true });
  renameSync(temporary, merged.path);
  syncFolder(dirname(merged.path));
  merged.writeIndex();
}

/** The frames worth keeping, moved together to the front of `chunk`. */
function filterFrames(chunk: Buffer, length: number, keep: (chunk: Buffer, at: number) => boolean): Buffer {
  let kept = 0;
  for (let at = 0; at < length;) {
    const end = frameEnd(chunk, at)!;
    if (keep(chunk, at)) kept += chunk.copy(chunk, kept, at, end);
    at = end;
  }
  return chunk.subarray(0, kept);
}

/** Calls `visit` with chunks whose first `length` bytes are whole, intact frames. @throws STATE_CORRUPT */
async function eachChunk(segment: Segment, visit: (chunk: Buffer, length: number) => void | Promise<void>): Promise<void> {
  await segment.use(async () => {
    let wanted = CHUNK_BYTES;
    for (let position = 0; position < segment.bytes;) {
      const chunk = await segment.read(position, wanted, false);
      let length = 0;
      for (let end = frameEnd(chunk, 0); end !== null && end <= chunk.length; end = frameEnd(chunk, length)) {
        if (!isIntact(chunk, length, end)) throw segment.corruptAt(position + length);
        length = end;
      }
      await visit(chunk, length);
      position += length;
      wanted = length > 0 ? CHUNK_BYTES : (frameEnd(chunk, 0) ?? Infinity);
      if (length === 0 && position + wanted > segment.bytes) throw segment.corruptAt(position);
    }
  });
}
