import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { AppError, type LogPosition, type TopicSpec } from '@tradewind/contracts';
import { SILENT_LOGGER, type Logger } from '@tradewind/observability';
import type { EventLog, FollowOptions, Following, LogRecord, OutboundRecord, PartitionOffsets, SubscribeOptions, Subscription } from '../event-log'; // prettier-ignore
import { KAFKA_RETRY, createKafkaClient, type KafkaConnection } from './kafka-client';
import { isLeaderMoving, toLogError } from './kafka-errors';
import type { MemberOptions } from './kafka-member';
import { KafkaPublisher, type PublisherOptions } from './kafka-publisher';
import { followTopic, readTopic } from './kafka-readers';
import { KafkaSubscription } from './kafka-subscription';
import { ensureKafkaTopics } from './kafka-topics';

export interface KafkaEventLogOptions extends KafkaConnection, PublisherOptions {
  /** Where the client's own log lines go. @default nowhere */
  readonly log?: Logger;
  /** Epoch milliseconds UTC. @default Date.now */
  readonly now?: () => number;
}

/** Time a ping may take, milliseconds. */
const PING_TIMEOUT_MS = 3_000;

/** A broker needs seconds to take the lead of some hundred new partitions: with these it has eleven. */
const LEADER_RETRIES = 10;

/** A log that answers. @throws LOG_UNAVAILABLE */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const log = new KafkaEventLog(options);
  try {
    await log.ping();
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** The log on Apache Kafka 3.7 or later (kafkajs): acks=all and an idempotent producer, consumer groups with commits by hand. */
export class KafkaEventLog implements EventLog {
  readonly kind = 'kafka';
  private readonly kafka: Kafka;
  private readonly publisher: KafkaPublisher;
  private readonly subscriptions = new Set<Subscription>();
  private readonly logger: Logger;
  private connecting: Promise<Admin> | null = null;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: KafkaEventLogOptions) {
    this.logger = options.log ?? SILENT_LOGGER;
    this.kafka = createKafkaClient(options, this.logger);
    this.publisher = new KafkaPublisher(this.kafka, this.logger, options);
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.ask('create topics', (admin) => ensureKafkaTopics(admin, topics));
  }

  publish(records: readonly OutboundRecord[]): Promise<LogPosition[]> {
    return this.publisher.publish(records);
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    return this.open({ ...options, commits: true });
  }

  async follow(options: FollowOptions): Promise<Following> {
    return followTopic(options, await this.watermarks(options.topic), (reader) => this.open(reader));
  }

  async *read(
    topic: string,
    options: { readonly from?: ReadonlyMap<number, number>; readonly partitions?: readonly number[] } = {},
  ): AsyncGenerator<readonly LogRecord[]> {
    const { from, partitions } = options;
    const wanted = (await this.watermarks(topic)).filter(({ partition }) => partitions?.includes(partition) ?? true);
    const ranges = wanted.map(({ partition, low, high }) => ({ partition, start: Math.max(low, from?.get(partition) ?? low), end: high }));
    yield* readTopic(topic, ranges.filter(({ start, end }) => start < end), (reader) => this.open(reader)); // prettier-ignore
  }

  async watermarks(topic: string): Promise<PartitionOffsets[]> {
    const offsets = await this.ask(`read the offsets of ${topic}`, (admin) => admin.fetchTopicOffsets(topic));
    return offsets
      .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async committed(groupId: string, topic: string): Promise<Map<number, number>> {
    const [found] = await this.ask(`read the offsets of group ${groupId}`, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
    const commits = (found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)] as const);
    return new Map(commits.filter(([, offset]) => offset >= 0));
  }

  async commit(groupId: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
    if (partitions.length === 0) return;
    await this.ask(`move the group ${groupId}`, async (admin) => {
      await refuseMembers(admin, groupId);
      await admin.setOffsets({ groupId, topic, partitions });
    });
  }

  async ping(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new AppError('LOG_UNAVAILABLE', `no broker answered in ${PING_TIMEOUT_MS} ms`, { retryable: true })), PING_TIMEOUT_MS); // prettier-ignore
    });
    try {
      await Promise.race([this.ask('reach the brokers', (admin) => admin.describeCluster()), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async open(options: MemberOptions): Promise<Subscription> {
    const { brokers } = await this.ask('reach the brokers', (admin) => admin.describeCluster());
    const subscription = await KafkaSubscription.open(options, {
      kafka: this.kafka,
      logger: this.logger,
      brokers: brokers.length,
      now: this.options.now ?? Date.now,
      watermarks: (topic) => this.watermarks(topic),
      committed: (groupId, topic) => this.committed(groupId, topic),
    });
    this.subscriptions.add(subscription);
    const forget = () => void this.subscriptions.delete(subscription);
    subscription.finished.then(forget, forget);
    if (this.closing) await subscription.stop();
    return subscription;
  }

  /** Runs an admin request on the one connection, again while a partition has no leader. @throws LOG_UNAVAILABLE */
  private async ask<T>(attempted: string, request: (admin: Admin) => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures++) {
      if (this.closing) throw new AppError('SHUTTING_DOWN', `could not ${attempted}: the log is closed`);
      this.connecting ??= this.connect();
      try {
        if (failures > 0) await refreshLeaders(await this.connecting);
        return await request(await this.connecting);
      } catch (error) {
        if (!isLeaderMoving(error) || failures >= LEADER_RETRIES) throw toLogError(error, attempted);
      }
      await delay(Math.min(KAFKA_RETRY.maxRetryTime, KAFKA_RETRY.initialRetryTime * 2 ** failures));
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      this.connecting = null;
      throw error;
    }
  }

  private async shutDown(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await this.publisher.close();
    const admin = await this.connecting?.catch((error: unknown) => this.logger.debug('kafka admin was never connected', { error }));
    if (admin) await admin.disconnect();
  }
}

/** kafkajs learns of new leaders every five minutes, or before it creates topics: here, none. */
async function refreshLeaders(admin: Admin): Promise<void> {
  await admin.createTopics({ topics: [], validateOnly: true, waitForLeaders: false });
}

/** What the broker would refuse, but kafkajs does not name. @throws STATE_CONFLICT */
async function refuseMembers(admin: Admin, groupId: string): Promise<void> {
  const { groups } = await admin.describeGroups([groupId]);
  if (groups.some(({ members }) => members.length > 0))
    throw new AppError('STATE_CONFLICT', `The group ${groupId} has members; stop them before it is moved.`);
}
