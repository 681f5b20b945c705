export { TOPICS, deadLetterTopic, type TopicSpec } from './topics';
export { AppError, ERROR_CODES, describeError, isRetryable, type AppErrorOptions, type ErrorCode } from './errors';
export { murmur2, partitionForKey } from './murmur2';
export { deterministicId, sourceOfUserKey, userKey } from './ids';
export type { LogPosition } from './log-position';
export { EVENT_TYPES, PROTOBUF_CONTENT_TYPE, fromCloudEventHeaders, toCloudEventHeaders, type CloudEventAttributes } from './cloud-events';
export { MODELS } from './models';
export {
  EVENT,
  ITEM,
  MEMBERSHIP,
  RANKED_LIST,
  REJECTED_EVENT,
  RELEASE,
  TRANSITION,
  EventType,
  ReleaseStage,
  TransitionKind,
  type Codec,
  type Event,
  type Evidence,
  type Item,
  type LineItem,
  type Membership,
  type RankedItem,
  type RankedList,
  type Reason,
  type RejectedEvent,
  type Release,
  type Transition,
} from './messages';
