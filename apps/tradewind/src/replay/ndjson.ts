import { basename } from 'node:path';
import { AppError } from '@tradewind/contracts';
import type { Recording, ReplayEvent, ReplayItem } from './recording';
import { readLines } from './read-lines';

const TYPES: readonly unknown[] = ['track', 'identify', 'page', 'screen', 'group', 'alias'];

/**
 * One Segment call per line, in the order to be sent. A line without a messageId gets one from its place in the file. Fields are not judged
 * here: that is what the collector does.
 */
export function openNdjson(path: string): Recording {
  const lines = readLines(path);
  return {
    readRatio: () => lines.readRatio(),
    async *items(): AsyncIterable<ReplayItem> {},
    async *events() {
      let line = 0;
      for await (const slice of lines.slices()) {
        for (const text of slice) {
          line++;
          if (text.trim() !== '') yield parseEvent(text, path, line);
        }
      }
    },
  };
}

function parseEvent(text: string, path: string, line: number): ReplayEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('FILE_INVALID', `${path}, line ${line}: not JSON`, { cause });
  }
  if (typeof value !== 'object' || value === null || !TYPES.includes((value as { type?: unknown }).type)) {
    throw new AppError('FILE_INVALID', `${path}, line ${line}: not an event: "type" must be track, identify, page, screen, group or alias`);
  }
  return { messageId: `${basename(path)}:${line}`, ...(value as Omit<ReplayEvent, 'messageId'>) };
}
