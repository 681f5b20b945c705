import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { AppError } from '@tradewind/contracts';
import { writeFileAtomically } from './files';

/** The file is written anew, with one line per group and partition, when it grew to this. */
const REWRITE_BYTES = 1024 * 1024;

type Line = [groupId: string, topic: string, partition: number, offset: number];

/**
 * Where each group stands, in one file of JSON lines of which the last per group and partition counts. A commit is one small append,
 * so it survives the death of the process; power loss may take the last ones back, which only repeats their batches.
 */
export class CommittedOffsets {
  private readonly groups = new Map<string, Map<string, Map<number, number>>>();
  private fd: number;
  private bytes = 0;

  /** @throws STATE_CORRUPT naming file and line, unless only the last line is incomplete. */
  constructor(private readonly path: string) {
    if (existsSync(path)) this.load(readFileSync(path, 'utf8'));
    this.fd = this.rewrite();
  }

  /** Committed offset per partition. */
  of(groupId: string, topic: string): ReadonlyMap<number, number> {
    return this.groups.get(groupId)?.get(topic) ?? new Map<number, number>();
  }

  /** @throws LOG_UNAVAILABLE (retryable) when it could not be written; then the group stands where it stood. */
  commit(groupId: string, topic: string, partition: number, offset: number): void {
    const line: Line = [groupId, topic, partition, offset];
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      if (writeSync(this.fd, bytes, 0, bytes.length, this.bytes) < bytes.length) throw new Error('short write');
    } catch (cause) {
      throw new AppError('LOG_UNAVAILABLE', `Could not commit offsets to ${this.path}; check the disk.`, { cause, retryable: true });
    }
    this.bytes += bytes.length;
    this.remember(line);
    if (this.bytes < REWRITE_BYTES) return;
    closeSync(this.fd);
    this.fd = this.rewrite();
  }

  close(): void {
    closeSync(this.fd);
  }

  private remember([groupId, topic, partition, offset]: Line): void {
    const topics = getOrCreate(this.groups, groupId);
    getOrCreate(topics, topic).set(partition, offset);
  }

  private load(text: string): void {
    const lines = text.split('\n');
    lines.pop(); // empty, or the rest of a line that was being written
    lines.forEach((line, i) => {
      const parsed = parseLine(line);
      if (parsed === null)
        throw new AppError(
          'STATE_CORRUPT',
          `Line ${i + 1} of ${this.path} is damaged; remove that line: its group then repeats some batches.`,
          {
            details: { file: this.path, line: i + 1 },
          },
        );
      this.remember(parsed);
    });
  }

  /** Leaves one line per group and partition and opens the new file. */
  private rewrite(): number {
    let text = '';
    for (const [groupId, topics] of this.groups)
      for (const [topic, partitions] of topics)
        for (const [partition, offset] of partitions) text += `${JSON.stringify([groupId, topic, partition, offset] satisfies Line)}\n`;
    writeFileAtomically(this.path, text);
    this.bytes = Buffer.byteLength(text);
    return openSync(this.path, 'r+');
  }
}

function parseLine(line: string): Line | null {
  try {
    const value = JSON.parse(line) as unknown;
    return Array.isArray(value) && value.length === 4 && Number.isSafeInteger(value[3]) ? (value as Line) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function getOrCreate<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let inner = map.get(key);
  if (!inner) map.set(key, (inner = new Map<L, V>()));
  return inner;
}
