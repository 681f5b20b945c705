import { crc32, constants, deflateRawSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { sampleEvents } from './sample-events';

/** Makes the bytes of the next HTTP request. */
export type NextRequest = () => Buffer;

export interface RequestOptions {
  readonly path: '/v1/track' | '/v1/batch';
  readonly writeKey: string;
  readonly gzip: boolean;
}

/** As long as the UUIDs of most SDKs; no event of the sample has it. */
const PLACEHOLDER = '#'.repeat(36);

/** `count` bodies with events of the sample shop, single ones or in batches, for `createRequests`. */
export async function sampleBodies(batchEvents: number | null, count: number): Promise<string[]> {
  const bodies: string[] = [];
  let batch: object[] = [];
  for await (const event of sampleEvents('lines', Infinity)) {
    if (event.type !== 'track') continue;
    const marked = withAnyId(event);
    if (batchEvents === null) bodies.push(JSON.stringify(marked));
    else if (batch.push(marked) === batchEvents) {
      bodies.push(JSON.stringify({ batch }));
      batch = [];
    }
    if (bodies.length >= count) break;
  }
  return bodies;
}

/** An event of a body for `createRequests`: its message id is made when it is sent. */
export function withAnyId<T extends object>(event: T): T & { readonly messageId: string } {
  return { ...event, messageId: PLACEHOLDER };
}

/**
 * Sends the bodies in turn, each event with a message id that was never sent before, so that a server that drops repeated messages takes all of
 * them.
 */
export function createRequests(bodies: readonly string[], options: RequestOptions): NextRequest {
  const nextId = createIds();
  const templates = bodies.map((body) => (options.gzip ? gzipTemplate : plainTemplate)(Buffer.from(body), options));
  let turn = 0;
  return () => templates[turn++ % templates.length]!(nextId);
}

type NextId = () => string;
type Template = (nextId: NextId) => Buffer;

function createIds(): NextId {
  const run = `${randomBytes(4).toString('hex')}-`;
  let count = 0;
  return () => run + String(count++).padStart(PLACEHOLDER.length - run.length, '0');
}

function headOf({ path, writeKey, gzip }: RequestOptions, bytes: number): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'user-agent: analytics-node-next/latest',
    `authorization: Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    ...(gzip ? ['content-encoding: gzip'] : []),
    `content-length: ${bytes}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function plainTemplate(body: Buffer, options: RequestOptions): Template {
  const request = Buffer.concat([headOf(options, body.length), body]);
  const places = placesOf(request);
  return (nextId) => {
    const next = Buffer.from(request);
    for (const place of places) next.write(nextId(), place, 'latin1');
    return next;
  };
}

/** Every place where an id belongs. */
function placesOf(bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(PLACEHOLDER); at >= 0; at = bytes.indexOf(PLACEHOLDER, at + PLACEHOLDER.length)) places.push(at);
  return places;
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const LAST_BLOCK = Buffer.from([1, 0, 0, 0xff, 0xff]);
const MAX_WINDOW = 32 * 1024;

/**
 * Compressing anew for each id would cost the load generator more than the server. So ids stand in blocks of their own that are stored as they
 * are (RFC 1951, 3.2.4), the text between them is compressed once, and a request takes new ids and a new checksum.
 */
function gzipTemplate(body: Buffer, options: RequestOptions): Template {
  const places = placesOf(body);
  const parts: Buffer[] = [GZIP_HEADER];
  const packedPlaces: number[] = [];
  let packedBytes = GZIP_HEADER.length;
  const add = (part: Buffer): void => void (packedBytes += parts.push(part) && part.length);
  // Nothing may refer back to an id: in the dictionary there are bytes in their places that no text has.
  const known = Buffer.from(body);
  for (const place of places) known.fill(0, place, place + PLACEHOLDER.length);
  let from = 0;
  for (const place of [...places, body.length]) {
    const dictionary = known.subarray(Math.max(0, from - MAX_WINDOW), from);
    add(deflateRawSync(body.subarray(from, place), { finishFlush: constants.Z_SYNC_FLUSH, ...(from > 0 && { dictionary }) }));
    if (place === body.length) break;
    packedPlaces.push(packedBytes + 5);
    add(storedBlock(PLACEHOLDER));
    from = place + PLACEHOLDER.length;
  }
  add(LAST_BLOCK);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(body.length, 4);
  add(end);
  const head = headOf(options, packedBytes);
  const request = Buffer.concat([head, ...parts]);
  const text = Buffer.from(body);
  return (nextId) => {
    const next = Buffer.from(request);
    places.forEach((place, i) => {
      const id = nextId();
      text.write(id, place, 'latin1');
      next.write(id, head.length + packedPlaces[i]!, 'latin1');
    });
    next.writeUInt32LE(crc32(text), next.length - end.length);
    return next;
  };
}

function storedBlock(text: string): Buffer {
  const block = Buffer.alloc(5 + text.length);
  block.writeUInt16LE(text.length, 1);
  block.writeUInt16LE(~text.length & 0xffff, 3);
  block.write(text, 5, 'latin1');
  return block;
}
