import type { Kafka, Message, PartitionerArgs, Producer, RecordMetadata } from 'kafkajs';
import { AppError, partitionForKey, type LogPosition } from '@tradewind/contracts';
import type { Logger } from '@tradewind/observability';
import type { OutboundRecord } from '../event-log';
import { KAFKA_RETRY } from './kafka-client';
import { protocolErrorType, toLogError } from './kafka-errors';

export interface PublisherOptions {
  /** How long a first record waits for company, milliseconds; while a send is in flight, the next one gathers anyway. @default the rest of the turn */
  readonly lingerMs?: number;
  /** Bytes of one send; below the broker's limit of a batch, since a send may fall on one partition. @default 768 KiB */
  readonly maxSendBytes?: number;
  /** Bytes waiting to be sent over which `publish` rejects with OVERLOADED. @default 64 MiB */
  readonly maxQueuedBytes?: number;
}

/** A send stays small in number too, so that encoding it is a pause of a few milliseconds. */
const MAX_SEND_RECORDS = 2_000;
const RECORD_OVERHEAD_BYTES = 32;

/** One `publish` call: `next` is its first record that no send has taken. */
interface Call {
  readonly records: readonly OutboundRecord[];
  /** About the bytes of each on the wire, and of all. */
  readonly sizes: readonly number[];
  readonly bytes: number;
  readonly positions: LogPosition[];
  next: number;
  acknowledged: number;
  failed: boolean;
  resolve(positions: LogPosition[]): void;
  reject(error: unknown): void;
}

/** A message knows the call and index it belongs to, and keeps its partition over kafkajs' retries. */
interface SentMessage extends Message {
  partition: number;
  readonly call: Call;
  readonly index: number;
}

type Send = Map<string, SentMessage[]>;

/**
 * Coalesces concurrent `publish` calls into one send at a time: a kafkajs send costs some 0.3 ms whatever its size, and an
 * idempotent producer keeps order only with one request in flight.
 *
 * A producer that failed is thrown away: kafkajs takes back the sequence numbers of a failed request even where the broker did
 * append it, and would then give them to other records, which the broker would drop as repeats.
 */
export class KafkaPublisher {
  private readonly queue: Call[] = [];
  private queuedBytes = 0;
  private producer: Promise<Producer> | null = null;
  private flushing: Promise<void> | null = null;
  private closed = false;
  private readonly spread = new Map<string, number>();

  constructor(
    private readonly kafka: Kafka,
    private readonly logger: Logger,
    private readonly options: PublisherOptions,
  ) {}

  publish(records: readonly OutboundRecord[]): Promise<LogPosition[]> {
    if (this.closed) return Promise.reject(new AppError('SHUTTING_DOWN', 'could not publish: the log is closed'));
    if (records.length === 0) return Promise.resolve([]);
    const sizes = records.map(sizeOf);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (this.queue.length > 0 && this.queuedBytes + bytes > (this.options.maxQueuedBytes ?? 64 * 1024 * 1024)) {
      return Promise.reject(new AppError('OVERLOADED', 'could not publish: too many bytes wait to be sent', { retryable: true }));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ records, sizes, bytes, positions: new Array<LogPosition>(records.length), next: 0, acknowledged: 0, failed: false, resolve, reject }); // prettier-ignore
      this.queuedBytes += bytes;
      this.flushing ??= this.flush();
    });
  }

  /** Sends what is queued, then disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.flushing !== null) await this.flushing;
    const producer = await this.producer?.catch(() => null);
    this.producer = null;
    await producer?.disconnect();
  }

  private async flush(): Promise<void> {
    const { lingerMs } = this.options;
    await new Promise<void>((resolve) => void (lingerMs === undefined ? setImmediate(resolve) : setTimeout(resolve, lingerMs)));
    while (this.queue.length > 0) {
      const send = this.nextSend();
      if (send.size > 0) await this.deliver(send);
    }
    this.flushing = null;
  }

  /** Takes records off the queue in order, up to the bounds; a larger record goes alone. */
  private nextSend(): Send {
    const send: Send = new Map();
    const maxBytes = this.options.maxSendBytes ?? 768 * 1024;
    let [bytes, count] = [0, 0];
    for (let call = this.queue[0]; call !== undefined; call = this.queue[0]) {
      while (call.next < call.records.length && !call.failed) {
        const record = call.records[call.next]!;
        const size = call.sizes[call.next]!;
        if (count > 0 && (bytes + size > maxBytes || count >= MAX_SEND_RECORDS)) return send;
        addTo(send, record.topic, { key: record.key, value: record.value, headers: record.headers, partition: -1, call, index: call.next });
        call.next++;
        bytes += size;
        count++;
      }
      this.queue.shift();
      this.queuedBytes -= call.bytes;
    }
    return send;
  }

  /** Settles the calls of a send. When a record in it can never be taken, each call is sent again by itself, so that only its own fails. */
  private async deliver(send: Send): Promise<void> {
    try {
      settle(send, await this.transmit(send));
    } catch (error) {
      this.discardProducer();
      const calls = new Set([...send.values()].flatMap((messages) => messages.map(({ call }) => call)));
      const failure = toLogError(error, `publish to ${[...send.keys()].join(', ')}`);
      const isOnesFault = !failure.retryable || protocolErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
      if (calls.size > 1 && isOnesFault) {
        for (const call of calls) await this.deliver(onlyOf(send, call));
        return;
      }
      for (const call of calls) {
        call.failed = true;
        call.reject(failure);
      }
    }
  }

  private async transmit(send: Send): Promise<RecordMetadata[]> {
    this.producer ??= this.connect();
    const producer = await this.producer;
    return producer.sendBatch({ acks: -1, topicMessages: [...send].map(([topic, messages]) => ({ topic, messages })) });
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: KAFKA_RETRY,
      createPartitioner: () => (args) => this.choosePartition(args),
    });
    await producer.connect();
    return producer;
  }

  private discardProducer(): void {
    const discarded = this.producer;
    this.producer = null;
    discarded
      ?.then((producer) => producer.disconnect())
      .catch((error: unknown) => this.logger.debug('kafka producer discarded', { error }));
  }

  /** Java's partition of the key; records without one take turns. Asked again for a message, the answer stays the same. */
  private choosePartition({ topic, partitionMetadata, message }: PartitionerArgs): number {
    const sent = message as SentMessage;
    if (sent.partition >= 0) return sent.partition;
    const partitions = partitionMetadata.length;
    if (sent.key === null || sent.key === undefined) {
      const turn = this.spread.get(topic) ?? 0;
      this.spread.set(topic, (turn + 1) % partitions);
      sent.partition = turn % partitions;
    } else {
      sent.partition = partitionForKey(typeof sent.key === 'string' ? Buffer.from(sent.key) : sent.key, partitions);
    }
    return sent.partition;
  }
}

/** Gives each record its position: the broker names the first offset per partition, the rest count up in the order sent. */
function settle(send: Send, acknowledged: readonly RecordMetadata[]): void {
  const next = new Map(acknowledged.map(({ topicName, partition, baseOffset }) => [`${topicName}/${partition}`, Number(baseOffset)]));
  for (const [topic, messages] of send) {
    for (const { call, index, partition } of messages) {
      const offset = next.get(`${topic}/${partition}`)!;
      next.set(`${topic}/${partition}`, offset + 1);
      call.positions[index] = { topic, partition, offset };
      call.acknowledged++;
      if (call.acknowledged === call.records.length) call.resolve(call.positions);
    }
  }
}

function addTo(send: Send, topic: string, message: SentMessage): void {
  const messages = send.get(topic);
  if (messages === undefined) send.set(topic, [message]);
  else messages.push(message);
}

function onlyOf(send: Send, call: Call): Send {
  const own: Send = new Map();
  for (const [topic, messages] of send) for (const message of messages) if (message.call === call) addTo(own, topic, message);
  return own;
}

/** About the bytes of a record on the wire. */
function sizeOf({ key, value, headers }: OutboundRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += name.length + headers[name]!.length;
  return bytes;
}
