export { TOPICS, deadLetterTopic, type TopicSpec } from './topics';
export { AppError, ERROR_CODES, describeError, isRetryable, type AppErrorOptions, type ErrorCode } from './errors';
export { murmur2, partitionForKey } from './murmur2';
export { deterministicId, sourceOfUserKey, userKey } from './ids';
export { JsonMembers, parseValueAt } from './json-members';
export type { LogPosition } from './log-position';
export { EVENT_TYPES, PROTOBUF_CONTENT_TYPE, fromCloudEventHeaders, toCloudEventHeaders, type CloudEventAttributes } from './cloud-events';
export { MODELS } from './models';
export { PURPOSES, mayUseFor } from './purposes';
export {
  DRIFT_ALERT,
  EVENT,
  ITEM,
  LINK,
  MEMBERSHIP,
  POST,
  RANKED_LIST,
  RECEIPT,
  REJECTED_EVENT,
  RELEASE,
  SUPPRESSION,
  TRANSITION,
  VIOLATION,
  AlertLevel,
  EventType,
  Regulation,
  ReleaseStage,
  TransitionKind,
  type Codec,
  type DriftAlert,
  type Enrichment,
  type Event,
  type Evidence,
  type Item,
  type LineItem,
  type Link,
  type Membership,
  type Post,
  type RankedItem,
  type RankedList,
  type Reason,
  type Receipt,
  type RejectedEvent,
  type Release,
  type Suppression,
  type Transition,
  type Violation,
} from './messages';
