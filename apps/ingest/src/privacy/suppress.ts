import { randomUUID } from 'node:crypto';
import {
  AppError,
  EVENT_TYPES,
  Regulation,
  SUPPRESSION,
  TOPICS,
  toCloudEventHeaders,
  userKey,
  type Suppression,
} from '@tradewind/contracts';
import type { EventLog, OutboundRecord } from '@tradewind/eventing';
import { Fault } from '../fault';
import { readId } from '../identity';
import { isObject } from '../judge';
import type { SourceSettings } from '../source-settings';
import type { SuppressionList } from '../stages';
import type { HashText } from './hash';
import { findLinkedIds } from './linked-ids';

/** Ids of one request; Segment's limit. */
export const MAX_SUBJECTS = 5_000;

/** What can be asked for, by Segment's names. @see https://www.twilio.com/docs/segment/privacy/user-deletion-and-suppression */
export const REGULATIONS = {
  SUPPRESS_ONLY: Regulation.REGULATION_SUPPRESS,
  UNSUPPRESS: Regulation.REGULATION_UNSUPPRESS,
  SUPPRESS_WITH_DELETE: Regulation.REGULATION_SUPPRESS_AND_ERASE,
  DELETE_ONLY: Regulation.REGULATION_ERASE,
} as const;
export type RegulationName = keyof typeof REGULATIONS;

/** A wish about persons of one source. */
export interface SuppressionRequest {
  readonly regulation: RegulationName;
  /** userIds and anonymousIds as the clients send them. */
  readonly subjects: readonly string[];
}

export interface SuppressionReceipt {
  /** On every record of the request, and on the receipts of the services. */
  readonly requestId: string;
  readonly subjects: number;
  /** Ids on record: those asked for and those linked to them. */
  readonly ids: number;
}

export interface SuppressDeps {
  readonly log: Pick<EventLog, 'publish' | 'read'>;
  /** What is in force now: erasing must not end a suppression. */
  readonly suppressions: SuppressionList;
  readonly now: () => number;
  /** Of sources that hash ids. */
  readonly hash?: HashText | undefined;
}

/** Whose persons they are. */
export interface SuppressingSource {
  readonly sourceId: string;
  readonly settings: Pick<SourceSettings, 'hashFields'>;
}

/**
 * Puts the wish on record for every id asked for, and then for every id linked to those: all collectors follow it within seconds. Repeating it
 * is harmless. Resolves once the log has acknowledged all of it.
 * @throws LOG_UNAVAILABLE (retryable): send it again
 */
export type Suppress = (source: SuppressingSource, request: SuppressionRequest) => Promise<SuppressionReceipt>;

export function createSuppress({ log, suppressions, now, hash }: SuppressDeps): Suppress {
  return async function suppress({ sourceId, settings }, { regulation, subjects }) {
    const requestId = randomUUID();
    const toRecord = (id: string, requestedId: string): OutboundRecord => {
      const erasesOnly = regulation === 'DELETE_ONLY' && suppressions.isSuppressed(sourceId, [id]);
      const wish = REGULATIONS[erasesOnly ? 'SUPPRESS_WITH_DELETE' : regulation];
      return suppressionRecord({ sourceId, id, requestedId, requestId, regulation: wish, requestedAtMs: now() });
    };
    const asked = [...new Set(subjects.flatMap((id) => storedForms(id, settings.hashFields, hash)))];
    await log.publish(asked.map((id) => toRecord(id, id)));
    const linked = await findLinkedIds(log, sourceId, asked);
    if (linked.size > 0) await log.publish([...linked].map(([id, requestedId]) => toRecord(id, requestedId)));
    return { requestId, subjects: subjects.length, ids: asked.length + linked.size };
  };
}

/**
 * The wish in a parsed body `{"regulation", "subjects"}`.
 * @throws EVENT_INVALID that names the member, REQUEST_TOO_LARGE
 */
export function parseSuppressionRequest(body: unknown): SuppressionRequest {
  if (!isObject(body)) throw new AppError('EVENT_INVALID', 'the request must be an object {"regulation", "subjects"}');
  const { regulation, subjects } = body;
  if (typeof regulation !== 'string' || !Object.hasOwn(REGULATIONS, regulation))
    throw new AppError('EVENT_INVALID', `regulation must be ${Object.keys(REGULATIONS).join(', ')}`);
  if (!Array.isArray(subjects) || subjects.length === 0)
    throw new AppError('EVENT_INVALID', 'subjects must be a list of userIds and anonymousIds');
  if (subjects.length > MAX_SUBJECTS)
    throw new AppError('REQUEST_TOO_LARGE', `the request has ${subjects.length} subjects, the limit is ${MAX_SUBJECTS}`);
  return { regulation: regulation as RegulationName, subjects: subjects.map(readSubject) };
}

function readSubject(value: unknown, index: number): string {
  const id = readId(value, `subjects[${index}]`);
  if (id instanceof Fault) throw new AppError('EVENT_INVALID', id.reason);
  if (id === '') throw new AppError('EVENT_INVALID', `subjects[${index}] is empty`);
  return id;
}

/** The forms under which the id of a subject, of which nobody says whether it is a userId or an anonymousId, is on the source's events. */
function storedForms(id: string, hashFields: readonly string[], hash: HashText | undefined): string[] {
  const isHashed = ['userId', 'anonymousId'].map((field) => hashFields.includes(field));
  return [...(isHashed.includes(true) ? [hash!(id)] : []), ...(isHashed.includes(false) ? [id] : [])];
}

function suppressionRecord(suppression: Suppression): OutboundRecord {
  const { sourceId, id, requestId, requestedAtMs } = suppression;
  return {
    topic: TOPICS.privacySuppressions.name,
    key: userKey(sourceId, id),
    value: SUPPRESSION.encode(suppression),
    headers: toCloudEventHeaders({
      id: requestId,
      source: `/tradewind/ingest/${sourceId}`,
      type: EVENT_TYPES.suppression,
      timeMs: requestedAtMs,
    }),
  };
}
