import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { AppError, REJECTED_EVENT } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { REJECTED_TOPIC, readLetters } from './letters';

export interface ExportOptions {
  readonly log: Pick<EventLog, 'read'>;
  readonly file: string;
  readonly code?: string;
  readonly limit?: number;
}

export interface ExportReport {
  readonly file: string;
  readonly events: number;
  /** Lines that do not say which call they were, since its path did: they need a "type" before they can be sent. */
  readonly withoutType: number;
}

/**
 * Writes what the collector refused, one event a line as it came, to be mended and sent again with `tradewind replay`. Line breaks become
 * spaces, which changes no JSON value. @throws FILE_INVALID when the file cannot be written
 */
export async function exportRejected({ log, file, code, limit = Infinity }: ExportOptions): Promise<ExportReport> {
  const stream = createWriteStream(file);
  const written = finished(stream).catch((cause: unknown) => {
    throw new AppError('FILE_INVALID', `${file} cannot be written: name a file in a folder that is there`, { cause });
  });
  let [events, withoutType] = [0, 0];
  try {
    await Promise.race([written, once(stream, 'open')]);
    for await (const letters of readLetters(log, REJECTED_TOPIC)) {
      for (const { record, code: found } of letters) {
        if (events >= limit || (code !== undefined && found !== code)) continue;
        const line = Buffer.from(REJECTED_EVENT.decode(record.value).original)
          .toString()
          .replace(/\s*[\r\n]\s*/g, ' ');
        if (!stream.write(`${line}\n`)) await Promise.race([written, once(stream, 'drain')]);
        events++;
        if (!hasType(line)) withoutType++;
      }
    }
  } finally {
    stream.end();
  }
  await written;
  return { file, events, withoutType };
}

function hasType(line: string): boolean {
  try {
    const value = JSON.parse(line) as { type?: unknown } | null;
    return typeof value?.type === 'string';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
