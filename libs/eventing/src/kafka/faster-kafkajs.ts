import { createRequire } from 'node:module';
import { encodeFrame, encodeProduce, isPlain, type ProduceToEncode } from './produce-request';
import { decodeRecord } from './record-decoder';
import { encodeRecord } from './record-encoder';

/** What kafkajs makes of a produce request's arguments. */
type ProduceRequest = (produce: ProduceToEncode) => { encode(): Promise<unknown> };
/** What kafkajs groups by partition. */
interface Messages<T> {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly T[];
  partitioner(args: { topic: string; partitionMetadata: readonly unknown[]; message: T }): number;
}

/**
 * Puts our codecs into kafkajs 2.2.4, which spends most of its time in its own: bytes and objects are the same (the specs beside them hold them
 * together), so when a later kafkajs has moved these files, or was loaded before, it merely goes on with its own. Import it before kafkajs. Order
 * counts: what is loaded takes what was replaced before it.
 */
const REPLACED: Readonly<Record<string, (theirs: never) => unknown>> = {
  'kafkajs/src/protocol/recordBatch/record/v0/index.js': () => encodeRecord,
  'kafkajs/src/protocol/recordBatch/record/v0/decoder.js': () => decodeRecord,
  'kafkajs/src/protocol/requests/produce/v3/request.js': (theirs: ProduceRequest) => (produce: ProduceToEncode) =>
    isPlain(produce) ? { ...theirs(produce), encode: () => Promise.resolve(encodeProduce(produce, Date.now())) } : theirs(produce),
  'kafkajs/src/protocol/request.js': () => encodeFrame,
  'kafkajs/src/producer/groupMessagesPerPartition.js': () => groupByPartition,
};
const load = createRequire(__filename);

for (const [path, replace] of Object.entries(REPLACED)) {
  const file = resolveIn(path);
  if (file === null) continue;
  const theirs = load(file) as never;
  const module = load.cache[file];
  if (module) module.exports = replace(theirs);
}

/** kafkajs copies a partition's list for each of its messages. */
function groupByPartition<T>({ topic, partitionMetadata, messages, partitioner }: Messages<T>): Record<number, T[]> {
  const groups: Record<number, T[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) (groups[partitioner({ topic, partitionMetadata, message })] ??= []).push(message);
  return groups;
}

function resolveIn(path: string): string | null {
  try {
    return load.resolve(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
