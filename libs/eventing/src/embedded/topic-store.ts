import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, partitionForKey, type TopicSpec } from '@tradewind/contracts';
import { syncFolder, writeFileAtomically } from './files';
import { PartitionLog, type PartitionLogOptions } from './partition-log';

const METADATA_FILE = 'topic.json';
/** Kafka's rule for topic names, so that every topic can move there. */
const LEGAL_NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Cleanup = TopicSpec['cleanup'];

/** What is kept of a topic's specification. */
interface TopicMetadata {
  readonly format: 1;
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: Cleanup;
  readonly retentionMs: number;
}

/** A topic and its partitions, in order. */
export class Topic {
  readonly partitions: readonly PartitionLog[];
  private next = 0;

  constructor(
    readonly folder: string,
    public metadata: TopicMetadata,
    open: (topic: Topic, partition: number) => PartitionLog,
  ) {
    this.partitions = Array.from({ length: metadata.partitions }, (_, partition) => open(this, partition));
  }

  /** Java's murmur2 for a key; without one the partitions in turn. */
  partitionFor(key: Buffer | null): PartitionLog {
    const partition = key === null ? this.next++ % this.partitions.length : partitionForKey(key, this.partitions.length);
    return this.partitions[partition]!;
  }

  /** A segment is sealed at a tenth of the retention, between a minute and a day, so that records go about when they should. */
  get segmentMs(): number {
    const { cleanup, retentionMs } = this.metadata;
    return cleanup === 'compact' || retentionMs < 0 ? DAY_MS : Math.min(DAY_MS, Math.max(MINUTE_MS, retentionMs / 10));
  }
}

export type PartitionDefaults = Omit<PartitionLogOptions, 'folder' | 'topic' | 'partition' | 'segmentMs' | 'onSealed'> & {
  readonly onSealed: (topic: Topic, log: PartitionLog) => void;
};

/** The topics below one folder. */
export class TopicStore {
  private readonly topics = new Map<string, Topic>();

  /** Opens every topic there is. @throws STATE_CORRUPT */
  constructor(
    private readonly folder: string,
    private readonly defaults: PartitionDefaults,
  ) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const file = join(folder, name, METADATA_FILE);
      // A folder without it is a topic whose creation was cut short: nothing was ever acknowledged there.
      if (existsSync(file)) this.open(readMetadata(file));
    }
  }

  [Symbol.iterator](): Iterator<Topic> {
    return this.topics.values();
  }

  /** @throws NOT_FOUND */
  get(name: string): Topic {
    const topic = this.topics.get(name);
    if (topic) return topic;
    throw new AppError('NOT_FOUND', `There is no topic ${name} in ${this.folder}; create it with ensureTopics first.`, {
      details: { topic: name },
    });
  }

  /** Creates the topic, or checks it and takes over its retention. @throws TOPIC_MISMATCH, CONFIG_INVALID */
  ensure({ name, partitions, cleanup, retentionMs }: TopicSpec): void {
    const wanted: TopicMetadata = { format: 1, name, partitions, cleanup, retentionMs };
    const present = this.topics.get(name);
    if (present) checkSame(present.metadata, wanted);
    else checkLegal(wanted);
    if (present?.metadata.retentionMs === retentionMs) return;
    mkdirSync(join(this.folder, name), { recursive: true });
    writeFileAtomically(join(this.folder, name, METADATA_FILE), JSON.stringify(wanted));
    if (present) present.metadata = wanted;
    else {
      syncFolder(this.folder);
      this.open(wanted);
    }
  }

  private open(metadata: TopicMetadata): void {
    const folder = join(this.folder, metadata.name);
    const { onSealed, ...defaults } = this.defaults;
    const segmentBytes = metadata.cleanup === 'compact' ? Math.ceil(defaults.segmentBytes / 4) : defaults.segmentBytes;
    const openPartition = (topic: Topic, partition: number) =>
      new PartitionLog({
        ...defaults,
        segmentBytes,
        folder: join(folder, String(partition)),
        topic: metadata.name,
        partition,
        segmentMs: () => topic.segmentMs,
        onSealed: (log) => onSealed(topic, log),
      });
    this.topics.set(metadata.name, new Topic(folder, metadata, openPartition));
  }
}

function readMetadata(file: string): TopicMetadata {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TopicMetadata;
  } catch (cause) {
    throw new AppError('STATE_CORRUPT', `The topic description ${file} cannot be read.`, { cause, details: { file } });
  }
}

function checkSame(present: TopicMetadata, wanted: TopicMetadata): void {
  for (const field of ['partitions', 'cleanup'] as const) {
    if (present[field] === wanted[field]) continue;
    const message = `Topic ${wanted.name} has ${field} ${present[field]} but should have ${wanted[field]}; use another data directory, or move its records to a new topic.`;
    throw new AppError('TOPIC_MISMATCH', message, {
      details: { topic: wanted.name, field, present: present[field], wanted: wanted[field] },
    });
  }
}

function checkLegal({ name, partitions }: TopicMetadata): void {
  if (!LEGAL_NAME.test(name))
    throw new AppError('CONFIG_INVALID', `"${name}" is no topic name: 1 to 249 of a-z, A-Z, 0-9, ".", "_" and "-".`);
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new AppError('CONFIG_INVALID', `Topic ${name} needs at least one partition, not ${partitions}.`);
}
