import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { AppError } from '@tradewind/contracts';

const ID_LENGTH = 24;

/**
 * The same for the same bytes and the same reading of them: another mapping makes other events, which must not pass for repeats.
 * @throws FILE_INVALID when the file cannot be read
 */
export async function fileId(path: string, reading: object): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(reading));
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  } catch (cause) {
    throw new AppError('FILE_INVALID', `there is no readable file ${path}`, { cause });
  }
  return `import-${hash.digest('hex').slice(0, ID_LENGTH)}`;
}
