import { crc32c } from './crc32c';
import { RecordWriter, type Encoded, type RecordToEncode } from './record-encoder';

/** What kafkajs hands to its encoder of a produce request. */
export interface ProduceToEncode {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: { toString(): string };
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionToEncode[] }[];
}

export interface PartitionToEncode {
  /** kafkajs takes it from the names of an object. */
  readonly partition: number | string;
  readonly firstSequence?: number;
  readonly messages: readonly (RecordToEncode & { readonly timestamp?: string | null })[];
}

/** Transaction, acks, timeout and number of topics. */
const REQUEST_HEADER_BYTES = 12;
/** Its number and the length of its batch. */
const PARTITION_HEADER_BYTES = 8;
/** Length, leader epoch, magic, checksum; then what the checksum covers. */
const BATCH_HEADER_BYTES = 61;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CHECKSUM_AT = 17;
const ATTRIBUTES_AT = 21;
const MAGIC = 2;
const NO_TRANSACTION = -1;

/** True of what `encodeProduce` can encode; kafkajs' own encoder does the rest. */
export function isPlain({ transactionalId, compression, topicData }: ProduceToEncode): boolean {
  return (
    !transactionalId &&
    !compression &&
    topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(({ timestamp }) => timestamp == null)))
  );
}

/**
 * The body of a produce request (versions 3 to 7) without transaction and compression in one buffer, all records stamped `nowMs`. kafkajs makes
 * a growing buffer for each partition, topic and batch, and copies each into the next.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function encodeProduce(request: ProduceToEncode, nowMs: number): Encoded {
  const writer = RecordWriter.shared();
  writer.reserve(REQUEST_HEADER_BYTES);
  let { buffer } = writer;
  let at = buffer.writeInt16BE(NO_TRANSACTION, 0);
  at = buffer.writeInt16BE(request.acks, at);
  at = buffer.writeInt32BE(request.timeout, at);
  writer.at = buffer.writeInt32BE(request.topicData.length, at);
  for (const { topic, partitions } of request.topicData) {
    writer.reserve(2 + 3 * topic.length + 4);
    ({ buffer, at } = writer);
    const nameBytes = buffer.write(topic, at + 2);
    buffer.writeInt16BE(nameBytes, at);
    writer.at = buffer.writeInt32BE(partitions.length, at + 2 + nameBytes);
    for (const partition of partitions) writePartition(writer, partition, request, nowMs);
  }
  const encoded = writer.finish();
  return { buf: encoded, buffer: encoded };
}

function writePartition(
  writer: RecordWriter,
  { partition, messages, firstSequence = 0 }: PartitionToEncode,
  { producerId, producerEpoch = 0 }: ProduceToEncode,
  nowMs: number,
): void {
  const start = writer.at;
  writer.reserve(PARTITION_HEADER_BYTES + BATCH_HEADER_BYTES);
  writer.at += PARTITION_HEADER_BYTES + BATCH_HEADER_BYTES;
  for (let i = 0; i < messages.length; i++) writer.writeRecord(messages[i]!, i, 0);
  const { buffer, at: end } = writer;
  const batchAt = start + PARTITION_HEADER_BYTES;
  buffer.writeInt32BE(Number(partition), start);
  buffer.writeInt32BE(end - batchAt, start + 4);
  writeBatchHeader(buffer, batchAt, end, {
    nowMs,
    producerId: BigInt(String(producerId ?? -1)),
    producerEpoch,
    firstSequence,
    records: messages.length,
  });
}

interface BatchHeader {
  readonly nowMs: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly records: number;
}

function writeBatchHeader(buffer: Buffer, at: number, end: number, header: BatchHeader): void {
  const stamp = BigInt(header.nowMs);
  buffer.writeBigInt64BE(0n, at); // base offset: the broker's to give
  buffer.writeInt32BE(end - at - LENGTH_AT - 4, at + LENGTH_AT);
  buffer.writeInt32BE(0, at + LENGTH_AT + 4); // leader epoch
  buffer[at + MAGIC_AT] = MAGIC;
  let next = buffer.writeInt16BE(0, at + ATTRIBUTES_AT);
  next = buffer.writeInt32BE(header.records - 1, next);
  next = buffer.writeBigInt64BE(stamp, next);
  next = buffer.writeBigInt64BE(stamp, next);
  next = buffer.writeBigInt64BE(header.producerId, next);
  next = buffer.writeInt16BE(header.producerEpoch, next);
  next = buffer.writeInt32BE(header.firstSequence, next);
  buffer.writeInt32BE(header.records, next);
  buffer.writeUInt32BE(crc32c(buffer, at + ATTRIBUTES_AT, end), at + CHECKSUM_AT);
}

/** What kafkajs hands to its encoder of a request's frame. */
export interface FrameToEncode {
  readonly correlationId: number;
  readonly clientId?: string | null;
  readonly request: { readonly apiKey: number; readonly apiVersion: number; encode(): Promise<Encoded> };
}

/** Length, header (version 1) and body of a request in one buffer. */
export async function encodeFrame({ correlationId, clientId, request }: FrameToEncode): Promise<Encoded> {
  const body = (await request.encode()).buffer;
  const name = clientId == null ? null : Buffer.from(clientId);
  const headerBytes = 4 + 2 + 2 + 4 + 2 + (name?.length ?? 0);
  const buffer = Buffer.allocUnsafe(headerBytes + body.length);
  let at = buffer.writeInt32BE(buffer.length - 4, 0);
  at = buffer.writeInt16BE(request.apiKey, at);
  at = buffer.writeInt16BE(request.apiVersion, at);
  at = buffer.writeInt32BE(correlationId, at);
  at = buffer.writeInt16BE(name?.length ?? -1, at);
  name?.copy(buffer, at);
  body.copy(buffer, headerBytes);
  return { buf: buffer, buffer };
}
