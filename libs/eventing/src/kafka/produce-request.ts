import { crc32c } from './crc32c';
import { bodySize, recordSize, writeRecord, type Encoded, type RecordToEncode } from './record-encoder';

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
 * The body of a produce request (versions 3 to 7) without transaction and compression in one buffer of the right size, all records stamped
 * `nowMs`. kafkajs makes a growing buffer for each partition, topic and batch, and copies each into the next.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function encodeProduce(request: ProduceToEncode, nowMs: number): Encoded {
  const sizes: number[] = [];
  let total = 2 + 2 + 4 + 4;
  for (const { topic, partitions } of request.topicData) {
    total += 2 + Buffer.byteLength(topic) + 4;
    for (const { messages } of partitions) {
      total += 8 + BATCH_HEADER_BYTES;
      for (let i = 0; i < messages.length; i++) {
        const size = bodySize(messages[i]!, i, 0);
        sizes.push(size);
        total += recordSize(size);
      }
    }
  }
  const buffer = Buffer.allocUnsafe(total);
  write(buffer, request, { nowMs, sizes });
  return { buf: buffer, buffer };
}

function write(buffer: Buffer, request: ProduceToEncode, { nowMs, sizes }: { nowMs: number; sizes: readonly number[] }): void {
  const producerId = BigInt(String(request.producerId ?? -1));
  let at = buffer.writeInt16BE(NO_TRANSACTION, 0);
  at = buffer.writeInt16BE(request.acks, at);
  at = buffer.writeInt32BE(request.timeout, at);
  at = buffer.writeInt32BE(request.topicData.length, at);
  let record = 0;
  for (const { topic, partitions } of request.topicData) {
    const nameAt = at + 2;
    at = nameAt + buffer.write(topic, nameAt);
    buffer.writeInt16BE(at - nameAt, nameAt - 2);
    at = buffer.writeInt32BE(partitions.length, at);
    for (const { partition, messages, firstSequence = 0 } of partitions) {
      at = buffer.writeInt32BE(Number(partition), at);
      const batchAt = at + 4;
      let end = batchAt + BATCH_HEADER_BYTES;
      for (let i = 0; i < messages.length; i++) {
        end = writeRecord(buffer, end, messages[i]!, { size: sizes[record++]!, offsetDelta: i, timestampDelta: 0 });
      }
      buffer.writeInt32BE(end - batchAt, at);
      const { producerEpoch = 0 } = request;
      writeBatchHeader(buffer, batchAt, end, { nowMs, producerId, producerEpoch, firstSequence, records: messages.length });
      at = end;
    }
  }
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
