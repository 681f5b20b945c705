import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, gunzipSync, inflate, inflateRaw } from 'node:zlib';
import { AppError } from '@tradewind/contracts';

/** Above this, inflating leaves the event loop: the thread pool's detour costs less than the pause. */
const SYNC_INFLATE_BYTES = 16 * 1024;
const inflaters = { gzip: promisify(gunzip), deflate: promisify(inflate), raw: promisify(inflateRaw), br: promisify(brotliDecompress) };

/**
 * The body as its client wrote it, before compression. Never yields more than `maxBytes`, so a compression bomb costs no more than an honest body.
 * @throws REQUEST_TOO_LARGE, ENCODING_UNSUPPORTED, JSON_MALFORMED (the body is not what its content-encoding says)
 */
export function inflateBody(body: Buffer, encoding: string | undefined, maxBytes: number): Buffer | Promise<Buffer> {
  const coding = encoding?.trim().toLowerCase() ?? '';
  return coding === '' || coding === 'identity' ? body : inflateFrom(body, coding, maxBytes);
}

async function inflateFrom(body: Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  const options = { maxOutputLength: maxBytes };
  try {
    if (coding === 'gzip' || coding === 'x-gzip') {
      return body.length <= SYNC_INFLATE_BYTES ? gunzipSync(body, options) : await inflaters.gzip(body, options);
    }
    // HTTP's deflate is the zlib format; some clients send the bare stream, which cannot start with a zlib header.
    if (coding === 'deflate') return await (isZlib(body) ? inflaters.deflate : inflaters.raw)(body, options);
    if (coding === 'br') return await inflaters.br(body, options);
  } catch (cause) {
    throw inflateError(cause, coding, maxBytes);
  }
  throw new AppError('ENCODING_UNSUPPORTED', `content-encoding "${coding}" is not supported: use gzip, deflate, br or none`);
}

function isZlib(body: Buffer): boolean {
  return body.length >= 2 && (body[0]! & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

function inflateError(cause: unknown, coding: string, maxBytes: number): AppError {
  const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
  return tooLarge
    ? new AppError('REQUEST_TOO_LARGE', `the body inflates to more than ${maxBytes} bytes`, { cause })
    : new AppError('JSON_MALFORMED', `the body is not ${coding} data`, { cause });
}

/** A parsed body beside the exact bytes it was parsed from. */
export interface JsonBody {
  readonly value: unknown;
  readonly bytes: Buffer;
}

/**
 * Parses JSON whatever the content type says: the real clients send text/plain and even form types. A byte order mark is dropped; bytes that
 * are not UTF-8 become U+FFFD, so one broken name does not cost its batch.
 * @throws JSON_MALFORMED
 */
export function parseJsonBody(body: Buffer): JsonBody {
  const withoutMark = body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
  const valid = isUtf8(withoutMark);
  const text = withoutMark.toString('utf8');
  try {
    return { value: JSON.parse(text), bytes: valid ? withoutMark : Buffer.from(text) };
  } catch (cause) {
    throw new AppError('JSON_MALFORMED', body.length === 0 ? 'the request has no body' : 'the body is not JSON', { cause });
  }
}
