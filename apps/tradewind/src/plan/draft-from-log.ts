import { createDraft, type DraftOptions, type DraftedEvent, type PlanDocument } from '@tradewind/apps/ingest';
import { AppError, EVENT, TOPICS } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { readLast } from './read-last';

export interface DraftReport {
  readonly plan: PlanDocument;
  /** Events of the source that were read. */
  readonly sample: number;
  readonly events: readonly DraftedEvent[];
}

/**
 * A plan that the last events of a source on the log follow: of each partition, the source's among the last `last` records.
 * @throws NOT_FOUND when there are none, LOG_UNAVAILABLE
 */
export async function draftFromLog(
  log: Pick<EventLog, 'read' | 'watermarks'>,
  { sourceId, last, ...options }: DraftOptions & { readonly sourceId: string; readonly last: number },
): Promise<DraftReport> {
  const draft = createDraft();
  let sample = 0;
  for await (const records of readLast(log, TOPICS.events.name, { count: last })) {
    for (const { value } of records) {
      const event = decoded(value);
      if (event?.sourceId !== sourceId) continue;
      sample++;
      draft.add(event);
    }
  }
  if (sample === 0) throw new AppError('NOT_FOUND', `the log has no events of source ${sourceId} among the last ${last} of each partition`);
  return { ...draft.finish(options), sample };
}

/** Null for a record that consumers set aside as well. */
function decoded(value: Buffer | null) {
  try {
    return EVENT.decode(value);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
