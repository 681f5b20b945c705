import type { SequenceRun } from './fit-sequence-model';

interface Head {
  /** What the run is of: data, settings, seed. */
  readonly run: string;
  readonly curve: SequenceRun['curve'];
  readonly bestEpoch: number;
  readonly latestBytes: number;
  readonly bestBytes: number;
}

/** A run as bytes, to be resumed in another process: a line of JSON, then the checkpoints. `name` says of which data and settings it is. */
export function encodeSequenceRun({ curve, bestEpoch, latest, best }: SequenceRun, name: string): Uint8Array {
  const isSame = best === latest;
  const head: Head = { run: name, curve, bestEpoch, latestBytes: latest.length, bestBytes: isSame ? 0 : best.length };
  const text = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const bytes = new Uint8Array(text.length + head.latestBytes + head.bestBytes);
  bytes.set(text);
  bytes.set(latest, text.length);
  if (!isSame) bytes.set(best, text.length + latest.length);
  return bytes;
}

/** @throws RangeError when the bytes are no whole run, or one of other data or settings than `name` says */
export function decodeSequenceRun(bytes: Uint8Array, name: string): SequenceRun {
  const end = bytes.indexOf(10);
  const head = parseHead(bytes.subarray(0, Math.max(0, end)));
  const [from, until] = [end + 1, end + 1 + head.latestBytes];
  if (bytes.length !== until + head.bestBytes) throw new RangeError('the saved run is not whole');
  if (head.run !== name) throw new RangeError(`the saved run is of ${head.run}, not of ${name}`);
  const latest = new Uint8Array(bytes.subarray(from, until));
  return {
    curve: head.curve,
    bestEpoch: head.bestEpoch,
    latest,
    best: head.bestBytes === 0 ? latest : new Uint8Array(bytes.subarray(until)),
  };
}

function parseHead(bytes: Uint8Array): Head {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Head;
  } catch {
    throw new RangeError('these bytes are no saved run');
  }
}
