import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';

export interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Compress = (body: Buffer) => Buffer;

const CODINGS: Readonly<Record<string, Compress>> = {
  gzip: (body) => gzipSync(body, { level: 1 }),
  deflate: (body) => deflateSync(body, { level: 1 }),
  br: (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
};
const rawDeflate: Compress = (body) => deflateRawSync(body, { level: 1 });

const BOMB_BYTES = 64 * 1024 * 1024;
let bombs: readonly Content[] | undefined;

/** 64 MiB of spaces, and of open brackets, in some tens of kilobytes. Made once. */
function bombsOnce(): readonly Content[] {
  bombs ??= [' ', '['].flatMap((letter) => {
    const bomb = Buffer.alloc(BOMB_BYTES, letter);
    return Object.entries(CODINGS).map(([name, compress]) => ({ headers: { 'content-encoding': name }, body: compress(bomb) }));
  });
  return bombs;
}

const OVERSIZE: Content = { headers: {}, body: Buffer.alloc(4 * 1024 * 1024 + 1, ' ') };

/** The text plain or in a coding; now and then in another than it says, broken, or a bomb in its place. */
export function encoded(text: fc.Arbitrary<Buffer>): fc.Arbitrary<Content> {
  const name = fc.constantFrom(...Object.keys(CODINGS));
  const labelled = (coding: string, body: Buffer): Content => ({ headers: { 'content-encoding': coding }, body });
  return fc.oneof(
    { weight: 200, arbitrary: text.map((body): Content => ({ headers: {}, body })) },
    { weight: 70, arbitrary: fc.tuple(name, text).map(([coding, body]) => labelled(coding, CODINGS[coding]!(body))) },
    { weight: 5, arbitrary: text.map((body) => labelled('deflate', rawDeflate(body))) },
    { weight: 5, arbitrary: fc.tuple(name, text).map(([coding, body]) => labelled(coding, body)) },
    { weight: 5, arbitrary: fc.tuple(name, name, text).map(([coding, said, body]) => labelled(said, CODINGS[coding]!(body))) },
    { weight: 5, arbitrary: fc.tuple(name, text).map(([coding, body]) => labelled(coding, cut(CODINGS[coding]!(body)))) },
    {
      weight: 3,
      arbitrary: fc.tuple(name, text, fc.nat()).map(([coding, body, at]) => labelled(coding, flipped(CODINGS[coding]!(body), at))),
    },
    { weight: 2, arbitrary: text.map((body) => labelled('gzip', Buffer.concat([gzipSync(body), gzipSync(body), Buffer.from('rest')]))) },
    { weight: 2, arbitrary: text.map((body) => labelled('gzip', gzipSync(gzipSync(body)))) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('', 'identity', 'GZIP', ' gzip ', 'gzip, br', 'zstd', 'x-gzip', '*'), text)
        .map(([said, body]) => labelled(said, gzipSync(body))),
    },
    { weight: 1, arbitrary: fc.nat().map((i) => bombsOnce()[i % bombsOnce().length]!) },
    { weight: 1, arbitrary: fc.constant(OVERSIZE) },
  );
}

const cut = (body: Buffer) => body.subarray(0, Math.floor(body.length / 2));

function flipped(body: Buffer, at: number): Buffer {
  const changed = Buffer.from(body);
  if (changed.length > 0) changed[at % changed.length]! ^= 0x55;
  return changed;
}
