import { createHasher, createSuppress, isSuppressing, mirrorSuppressions, readSettings } from '@tradewind/apps/ingest';
import type { RegulationName, SuppressionReceipt } from '@tradewind/apps/ingest';
import { AppError, Regulation, SUPPRESSION, TOPICS, type Suppression } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { SILENT_LOGGER } from '@tradewind/observability';
import type { Platform } from '@tradewind/runtime';

/** The last wish on record about an id; times are ISO 8601 UTC. */
export interface ShownSuppression {
  readonly sourceId: string;
  /** As it is on the events: hashed where the source hashes ids. */
  readonly id: string;
  /** What was asked for when this id is only linked to it. */
  readonly requestedId: string;
  readonly suppressed: boolean;
  readonly erase: boolean;
  readonly requestedAt: string;
  readonly requestId: string;
}

/**
 * Puts a wish on record for ids of a source and the ids linked to them, as the collector's route does.
 * @throws NOT_FOUND, CONFIG_INVALID (the source hashes ids and INGEST_HASH_KEY is not set)
 */
export async function suppressIds(
  { log, database, now }: Pick<Platform, 'log' | 'database' | 'now'>,
  sourceId: string,
  request: { readonly regulation: RegulationName; readonly subjects: readonly string[] },
  hashKey: string | undefined,
): Promise<SuppressionReceipt> {
  const source = (await database.sources.list()).find((each) => each.sourceId === sourceId);
  if (!source) throw new AppError('NOT_FOUND', `there is no source ${sourceId}; see \`tradewind source list\``);
  const settings = readSettings(source.settings, hashKey !== undefined);
  const suppressions = await mirrorSuppressions(log, SILENT_LOGGER);
  try {
    const hash = hashKey === undefined ? undefined : createHasher(hashKey);
    return await createSuppress({ log, suppressions, now, hash })({ sourceId, settings }, request);
  } finally {
    await suppressions.stop();
  }
}

/** Every id that is suppressed or to be erased, of one source or of all. */
export async function listSuppressions(log: Pick<EventLog, 'read'>, sourceId?: string): Promise<ShownSuppression[]> {
  const wishes = new Map<string, ShownSuppression>();
  for await (const records of log.read(TOPICS.privacySuppressions.name)) {
    for (const { key, value } of records) {
      const wish = value === null ? undefined : toShown(SUPPRESSION.decode(value));
      if (wish && (wish.suppressed || wish.erase) && (sourceId === undefined || wish.sourceId === sourceId)) wishes.set(String(key), wish);
      else wishes.delete(String(key));
    }
  }
  return [...wishes.values()];
}

function toShown({ sourceId, id, requestedId, regulation, requestedAtMs, requestId }: Suppression): ShownSuppression {
  return {
    sourceId,
    id,
    requestedId,
    suppressed: isSuppressing(regulation) === true,
    erase: regulation === Regulation.REGULATION_ERASE || regulation === Regulation.REGULATION_SUPPRESS_AND_ERASE,
    requestedAt: new Date(requestedAtMs).toISOString(),
    requestId,
  };
}
