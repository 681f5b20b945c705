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
export { createBatchProcessor, type BatchProcessorOptions, type ProcessorObserver } from './batch-processor';
export type { RetryPolicy } from './retry';
export { decodeBatch, type DecodedBatch } from './decode-batch';
export {
  DEAD_LETTER_HEADERS,
  readDeadLetter,
  toDeadLetterRecord,
  toReplayRecord,
  type DeadLetterFacts,
  type DeadLetterInfo,
} from './dead-letters';
export { PartitionGate, type GroupPartition } from './partition-gate';
export { createConsumerMetrics, type ConsumerMetrics } from './consumer-metrics';
export { BatchPattern, EVENT_LOG_TRANSPORT, connectEventLog, type BatchPatternOptions } from './connect-strategy';
export { EventLogStrategy, type EventLogStrategyOptions, type GroupHealth } from './event-log-strategy';
export { KafkaEventLog, openKafkaEventLog, type KafkaEventLogOptions } from './kafka/kafka-event-log';
export { openEmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded/embedded-event-log';
export { createSpooledPublisher, type SpoolStatus, type SpooledPublisher, type SpooledPublisherOptions } from './spool/spooled-publisher';
