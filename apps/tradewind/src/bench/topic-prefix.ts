import type { LogPosition, TopicSpec } from '@tradewind/contracts';
import type {
  Batch,
  EventLog,
  FollowOptions,
  Following,
  LogRecord,
  OutboundRecord,
  SubscribeOptions,
  Subscription,
} from '@tradewind/eventing';

export interface PrefixedLogOptions {
  readonly log: EventLog;
  /** Before every topic and group name. */
  readonly prefix: string;
  /** Called when a batch went through, before its commit. */
  onHandled?(batch: Batch): void;
}

/**
 * The log under topics and groups of its own, so that services run unchanged beside the real ones and touch nothing of theirs.
 * Records keep the name they really have; batches carry the name that the service knows.
 */
export function prefixTopics({ log, prefix, onHandled }: PrefixedLogOptions): EventLog {
  const named = <T extends OutboundRecord | TopicSpec>(value: T, field: 'topic' | 'name', name: string): T => ({
    ...value,
    [field]: prefix + name,
  });
  const bare = <T extends { readonly topic: string }>(value: T): T => ({ ...value, topic: value.topic.slice(prefix.length) });
  return {
    kind: log.kind,
    ensureTopics: (topics) => log.ensureTopics(topics.map((spec) => named(spec, 'name', spec.name))),
    publish: (records): Promise<LogPosition[]> => log.publish(records.map((record) => named(record, 'topic', record.topic))),
    subscribe: (options: SubscribeOptions): Promise<Subscription> =>
      log.subscribe({
        ...options,
        groupId: prefix + options.groupId,
        topics: options.topics.map((topic) => prefix + topic),
        onBatch: async (batch, context) => {
          await options.onBatch(bare(batch), context);
          onHandled?.(batch);
        },
        onAssigned: (partitions) => options.onAssigned?.(partitions.map(bare)),
      }),
    follow: (options: FollowOptions): Promise<Following> => log.follow({ ...options, topic: prefix + options.topic }),
    read: (topic, options): AsyncIterable<readonly LogRecord[]> => log.read(prefix + topic, options),
    watermarks: (topic) => log.watermarks(prefix + topic),
    committed: (groupId, topic) => log.committed(prefix + groupId, prefix + topic),
    commit: (groupId, topic, offsets) => log.commit(prefix + groupId, prefix + topic, offsets),
    ping: () => log.ping(),
    close: () => log.close(),
  };
}
