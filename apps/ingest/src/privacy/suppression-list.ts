import { AppError, Regulation, SUPPRESSION, TOPICS, describeError, userKey } from '@tradewind/contracts';
import type { EventLog, LogRecord } from '@tradewind/eventing';
import type { Logger } from '@tradewind/observability';
import type { SuppressionList } from '../stages';
import { createIdSet } from './id-set';

/** Who must not be collected, as this replica knows it. */
export interface MirroredSuppressions extends SuppressionList {
  /** Suppressed ids. */
  readonly size: number;
  /** Memory of the list. */
  readonly bytes: number;
  /** Why it is no longer kept up to date, or null. */
  readonly failure: string | null;
  stop(): Promise<void>;
}

/**
 * Mirrors privacy.suppressions.v1: resolves once everything that was on it at the start is known, and from then on learns of each record as
 * soon as the log delivers it. Holds hashes of ids, no ids.
 * @throws LOG_UNAVAILABLE
 */
export async function mirrorSuppressions(log: Pick<EventLog, 'follow'>, logger: Logger): Promise<MirroredSuppressions> {
  const suppressed = createIdSet();
  let failure: string | null = null;

  const learn = ({ key, value, partition, offset }: LogRecord): void => {
    if (key === null) return;
    if (value === null) return suppressed.delete(key.toString());
    try {
      const { sourceId, id, regulation } = SUPPRESSION.decode(value);
      const suppresses = isSuppressing(regulation);
      if (suppresses === true) suppressed.add(userKey(sourceId, id));
      else if (suppresses === false) suppressed.delete(userKey(sourceId, id));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      logger.error('a suppression record cannot be read', { partition, offset, error: describeError(error) });
    }
  };

  const following = await log.follow({ topic: TOPICS.privacySuppressions.name, onRecords: (records) => records.forEach(learn) });
  following.finished.catch((error: unknown) => {
    failure = describeError(error);
    logger.error('suppressions are no longer followed', { error: failure });
  });
  await following.caughtUp;
  return {
    isSuppressed: (sourceId, ids) => suppressed.size > 0 && ids.some((id) => suppressed.has(userKey(sourceId, id))),
    get size() {
      return suppressed.size;
    },
    get bytes() {
      return suppressed.bytes;
    },
    get failure() {
      return failure;
    },
    stop: () => following.stop(),
  };
}

/** Whether a person is collected no more after this wish, or again; undefined when it says nothing of that. */
export function isSuppressing(regulation: Regulation): boolean | undefined {
  switch (regulation) {
    case Regulation.REGULATION_SUPPRESS:
    case Regulation.REGULATION_SUPPRESS_AND_ERASE:
      return true;
    case Regulation.REGULATION_UNSUPPRESS:
      return false;
    default:
      return undefined;
  }
}
