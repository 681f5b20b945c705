export interface Checkpoint {
  readonly steps: number;
  readonly tensors: Readonly<Record<string, Float32Array>>;
}

const MAGIC = 'TWCK1\n';

/** A line that names the format, a line of JSON with the sizes, then the numbers, little-endian. */
export function encodeCheckpoint({ steps, tensors }: Checkpoint): Uint8Array {
  const sizes = Object.fromEntries(Object.entries(tensors).map(([name, data]) => [name, data.length]));
  const parts = Object.values(tensors).map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return new Uint8Array(Buffer.concat([Buffer.from(`${MAGIC}${JSON.stringify({ steps, sizes })}\n`), ...parts]));
}

/** @throws Error when the bytes are no whole checkpoint */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf('\n', MAGIC.length);
  if (buffer.toString('latin1', 0, MAGIC.length) !== MAGIC || end < 0) throw new Error('these bytes are no training checkpoint');
  const { steps, sizes } = JSON.parse(buffer.toString('utf8', MAGIC.length, end)) as { steps: number; sizes: Record<string, number> };
  let from = end + 1;
  const tensors: Record<string, Float32Array> = {};
  for (const [name, length] of Object.entries(sizes)) {
    if (from + 4 * length > bytes.length) throw new Error(`the training checkpoint ends in the middle of ${name}`);
    const copy = new Uint8Array(bytes.subarray(from, from + 4 * length));
    tensors[name] = new Float32Array(copy.buffer);
    from += 4 * length;
  }
  return { steps, tensors };
}
