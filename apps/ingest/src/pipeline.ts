import { AppError, type Event, type Link } from '@tradewind/contracts';
import type { EventLog, OutboundRecord } from '@tradewind/eventing';
import { inflateBody, parseJsonBody } from './body';
import { writeKeyOfBody, writeKeyOfHeader } from './credentials';
import { judgeEventEntry, judgeItemEntry, judgePostEntry, storedOriginal, type Entry } from './entries';
import { eventRecord, itemRecord, linkRecord, postRecord, rejectedRecord, violationRecord } from './outputs';
import type { AuthenticatedSource, Scope, SourceDirectory } from './sources';
import { kindOf, splitBody, type Kind, type Payload } from './split';
import type { IdentityGraph, MessageIds, PlanChecker, Policy, RateLimiter, RequestFacts, SuppressionList } from './stages';

/** The stages beside judging. Each is optional: an absent one does nothing and costs nothing. */
export interface CollectorStages {
  /** Asked once per request; expected to be compiled and kept per source. */
  readonly policyOf?: ((source: AuthenticatedSource) => Policy | undefined) | undefined;
  /** Asked once per request; expected to be compiled and kept per source. */
  readonly planOf?: ((source: AuthenticatedSource) => PlanChecker | undefined) | undefined;
  readonly messageIds?: MessageIds | undefined;
  readonly identity?: IdentityGraph | undefined;
  readonly suppressions?: SuppressionList | undefined;
  readonly limiter?: RateLimiter | undefined;
  /** Told what became of each event of a request, in its order, after the log acknowledged them. Must not throw. */
  readonly observe?: ((source: AuthenticatedSource, entries: readonly Entry[]) => void) | undefined;
}

export interface CollectorDeps extends CollectorStages {
  readonly log: Pick<EventLog, 'publish'>;
  readonly sources: Pick<SourceDirectory, 'find'>;
  readonly now: () => number;
  readonly defaultCurrency: string;
  /** Of a body after inflating. */
  readonly maxRequestBytes: number;
}

export interface CollectRequest {
  readonly body: Buffer;
  readonly contentEncoding?: string | undefined;
  readonly authorization?: string | undefined;
  /** From the address, for beacons that can set no header. */
  readonly writeKey?: string | undefined;
  readonly client: Omit<RequestFacts, 'receivedAtMs'>;
}

export interface RejectedEntry {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly code: string;
  readonly reason: string;
}

/** What became of a request's events: `accepted + rejected + dropped` is their number. */
export interface Receipt {
  /** On the log, by this request or by an earlier one with the same messageId. */
  readonly accepted: number;
  /** Why, for each, is in `errors`; their bytes are on the topic of rejected events. */
  readonly rejected: number;
  /** Taken and not published, because the person or the source does not want it: consent, suppression, bots, internal traffic. */
  readonly dropped: number;
  readonly errors: readonly RejectedEntry[];
}

export interface Collected {
  readonly receipt: Receipt;
  readonly entries: readonly Entry[];
}

export type Collect = (payload: Payload, request: CollectRequest) => Promise<Collected>;

const SCOPES = { event: 'events', item: 'catalog', post: 'posts' } as const;
const JUDGES = { event: judgeEventEntry, item: judgeItemEntry, post: judgePostEntry };

/**
 * The collector without HTTP: authenticate, inflate, parse, judge each event, publish accepted and rejected ones together. Resolves only
 * after the log has acknowledged every record; one bad event never harms the others.
 * @throws AppError WRITE_KEY_MISSING, WRITE_KEY_UNKNOWN, SCOPE_MISSING, JSON_MALFORMED, EVENT_INVALID (no batch), REQUEST_TOO_LARGE,
 * ENCODING_UNSUPPORTED: nothing was published; RATE_LIMITED, LOG_UNAVAILABLE, DATABASE_UNAVAILABLE (retryable): send it again, with the same
 * messageIds
 */
export function createCollector(deps: CollectorDeps): Collect {
  return async function collect(payload, request) {
    const kind = kindOf(payload);
    const scope = SCOPES[kind];
    const keyed = request.writeKey ?? writeKeyOfHeader(request.authorization);
    const early = keyed === undefined ? undefined : await authenticate(deps.sources, keyed, scope);
    if (early) deps.limiter?.take(early, 0);
    const bytes = await inflateBody(request.body, request.contentEncoding, deps.maxRequestBytes);
    const body = typeof payload === 'object' ? null : parseJsonBody(bytes);
    const source = early ?? (await authenticate(deps.sources, writeKeyOfBody(body?.value), scope));
    const raws = typeof payload === 'object' ? payload.split(bytes) : splitBody(payload, body!);
    deps.limiter?.take(source, raws.length);

    const judge = {
      source: { sourceId: source.sourceId, defaultCurrency: deps.defaultCurrency },
      facts: { receivedAtMs: deps.now(), ...request.client },
      suppressions: deps.suppressions,
      policy: deps.policyOf?.(source),
      plan: deps.planOf?.(source),
    };
    const entries = raws.map((raw) => JUDGES[kind](raw, judge));
    const links = await settle(deps, source.sourceId, entries);
    await publish(deps, source.sourceId, entries, () => toRecords(kind, entries, links, source, judge.facts.receivedAtMs));
    deps.observe?.(source, entries);
    return { receipt: toReceipt(entries), entries };
  };
}

/** Rejects, or throws, with WRITE_KEY_MISSING, WRITE_KEY_UNKNOWN, SCOPE_MISSING, DATABASE_UNAVAILABLE. */
export function authenticate(
  sources: CollectorDeps['sources'],
  writeKey: string | undefined,
  scope?: Scope,
): AuthenticatedSource | Promise<AuthenticatedSource> {
  if (writeKey === undefined)
    throw new AppError('WRITE_KEY_MISSING', 'no write key: send it as Basic authorization ("<writeKey>:") or as writeKey in the body');
  const source = sources.find(writeKey);
  return source instanceof Promise ? source.then((found) => allowed(found, scope)) : allowed(source, scope);
}

function allowed(source: AuthenticatedSource | undefined, scope: Scope | undefined): AuthenticatedSource {
  if (!source) throw new AppError('WRITE_KEY_UNKNOWN', 'the write key belongs to no enabled source');
  if (scope !== undefined && !source.scopes.includes(scope))
    throw new AppError('SCOPE_MISSING', `the write key may not send ${scope}: it needs the scope "${scope}"`);
  return source;
}

/** What needs the shared stores: whose events these are, and which of them are known already. Resolves to the links to publish. */
async function settle(deps: CollectorStages, sourceId: string, entries: readonly Entry[]): Promise<readonly Link[]> {
  const { identity, messageIds, suppressions } = deps;
  if (!identity && !messageIds) return [];
  const open: Entry[] = [];
  const events: Event[] = [];
  const ids: string[] = [];
  for (const entry of entries) {
    if (!entry.event || !isPublished(entry)) continue;
    open.push(entry);
    events.push(entry.event);
    ids.push(entry.event.messageId);
  }
  if (open.length === 0) return [];
  const [resolved, seen] = await Promise.all([identity?.resolve(events), messageIds?.seen(sourceId, ids)]);
  const withheld = new Set<string>();
  open.forEach((entry, i) => {
    if (resolved) entry.event = resolved.events[i]!;
    if (seen?.[i]) entry.dropped = 'duplicate';
    else if (resolved && suppressions?.isSuppressed(sourceId, [canonicalId(entry.event!)])) {
      entry.dropped = 'suppressed';
      withheld.add(entry.event!.messageId);
    }
  });
  if (withheld.size === 0) return resolved?.links ?? [];
  messageIds?.forget(sourceId, [...withheld]);
  return resolved!.links.filter(({ messageId }) => !withheld.has(messageId));
}

/** The user key without its source. */
function canonicalId({ sourceId, userKey }: Event): string {
  return userKey.slice(sourceId.length + 1);
}

function isPublished(entry: Entry): boolean {
  return entry.dropped === undefined && entry.rejected === undefined;
}

/** @throws LOG_UNAVAILABLE; the message ids count as not seen then */
async function publish(
  deps: CollectorDeps,
  sourceId: string,
  entries: readonly Entry[],
  makeRecords: () => OutboundRecord[],
): Promise<void> {
  const { log, messageIds } = deps;
  const fresh: string[] = [];
  if (messageIds) for (const entry of entries) if (entry.event && isPublished(entry)) fresh.push(entry.event.messageId);
  try {
    const records = makeRecords();
    if (records.length > 0) await log.publish(records);
  } catch (error) {
    if (fresh.length > 0) messageIds!.forget(sourceId, fresh);
    throw error;
  }
  if (fresh.length > 0) messageIds!.remember(sourceId, fresh);
}

/** Events, items and rejected ones in the order of the request, then what goes with them. */
function toRecords(
  kind: Kind,
  entries: readonly Entry[],
  links: readonly Link[],
  source: AuthenticatedSource,
  receivedAtMs: number,
): OutboundRecord[] {
  const { sourceId, settings } = source;
  const records: OutboundRecord[] = [];
  for (const entry of entries) {
    const { raw, event, item, post, dropped, rejected } = entry;
    if (dropped) continue;
    if (!rejected) {
      records.push(event ? eventRecord(event) : item ? itemRecord(item) : postRecord(post!));
      continue;
    }
    const original = storedOriginal(entry, settings.rejected);
    if (original) records.push(rejectedRecord(rejected, original, { sourceId, receivedAtMs, kind, type: raw.type, sentAt: raw.sentAt }));
  }
  for (const { dropped, violations } of entries) {
    if (!dropped) for (const violation of violations) records.push(violationRecord(violation));
  }
  for (const link of links) records.push(linkRecord(link));
  return records;
}

function toReceipt(entries: readonly Entry[]): Receipt {
  const errors: RejectedEntry[] = [];
  let dropped = 0;
  entries.forEach(({ rejected, dropped: reason }, index) => {
    if (rejected) errors.push({ index, code: rejected.fault.code, reason: rejected.fault.reason });
    else if (reason && reason !== 'duplicate') dropped++;
  });
  return { accepted: entries.length - errors.length - dropped, rejected: errors.length, dropped, errors };
}
