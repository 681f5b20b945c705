export type {
  Batch,
  BatchContext,
  EventLog,
  FollowOptions,
  Following,
  Headers,
  LogRecord,
  OutboundRecord,
  PartitionOffsets,
  PartitionProgress,
  SubscribeOptions,
  Subscription,
} from './event-log';
export type { BatchHandler, BatchResult, DeadLetter } from './batch-handler';
export { KafkaEventLog, type KafkaEventLogOptions } from './kafka/kafka-event-log';
