import { AppError } from '@tradewind/contracts';

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const REBALANCING = new Set(['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);
const MEMBERSHIP_LOST = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);
const LEADER_MOVING = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH']);
const COORDINATOR_STARTING = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP']);
const REFUSED = /AUTHORIZATION_FAILED|SASL|UNSUPPORTED|INVALID_TOPIC/;

/** The protocol error's name at the bottom of kafkajs' wrappers, e.g. `MESSAGE_TOO_LARGE`; null when it is none. */
export function protocolErrorType(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('type' in at && typeof at.type === 'string') return at.type;
  }
  return null;
}

/** The group is being shared out anew: finish what runs, then join again. */
export function isRebalancing(error: unknown): boolean {
  return REBALANCING.has(protocolErrorType(error) ?? '');
}

/** The group went on without this member: somebody else has its partitions. */
export function isMembershipLost(error: unknown): boolean {
  return MEMBERSHIP_LOST.has(protocolErrorType(error) ?? '');
}

/** The partition was just created or moves to another broker: ask again, with fresh metadata. */
export function isLeaderMoving(error: unknown): boolean {
  return LEADER_MOVING.has(protocolErrorType(error) ?? '');
}

/** The broker that keeps the group is not ready yet, as with the first group of a new cluster: join again. */
export function isCoordinatorStarting(error: unknown): boolean {
  return COORDINATOR_STARTING.has(protocolErrorType(error) ?? '');
}

/** What failed as the error that crosses the library's edge: EVENT_TOO_LARGE, else LOG_UNAVAILABLE, retryable unless access was refused. */
export function toLogError(error: unknown, attempted: string): AppError {
  if (error instanceof AppError) return error;
  const type = protocolErrorType(error);
  const details: Record<string, string> = type === null ? {} : { type };
  if (type !== null && TOO_LARGE.has(type)) {
    return new AppError('EVENT_TOO_LARGE', `could not ${attempted}: the broker takes no record of this size`, { cause: error, details });
  }
  const retryable = type === null || !REFUSED.test(type);
  return new AppError('LOG_UNAVAILABLE', `could not ${attempted}`, { cause: error, retryable, details });
}
