import type { Event, Item, Post, Violation } from '@tradewind/contracts';
import { judgeItem } from './items';
import { judgePost } from './posts/judge-post';
import { isObject, judgeEvent, type JudgedSource, type RawEvent, type Rejection } from './judge';
import type { SourceSettings } from './source-settings';
import type { DropReason, PlanChecker, Policy, RequestFacts, SuppressionList } from './stages';

/** One event, item or post of a request on its way to the log; `dropped` and `rejected` are set at most one, and then it is not published. */
export interface Entry {
  readonly raw: RawEvent;
  /** Typed, as it may be published. */
  event: Event | undefined;
  readonly item: Item | undefined;
  readonly post: Post | undefined;
  dropped: DropReason | undefined;
  rejected: Rejection | undefined;
  /** Of the source's tracking plan; published unless the event is dropped. */
  violations: readonly Violation[];
  /** Of a rejected event under a policy: the bytes that may be stored, null for none. */
  redacted?: Buffer | null;
}

/** The synchronous stages of one request; absent ones do nothing. */
export interface Judge {
  readonly source: JudgedSource;
  readonly facts: RequestFacts;
  readonly suppressions?: SuppressionList | undefined;
  readonly policy?: Policy | undefined;
  readonly plan?: PlanChecker | undefined;
}

const ID_MEMBERS = ['userId', 'anonymousId', 'previousId'] as const;
const NONE: readonly Violation[] = [];
const NO_BYTES = Buffer.alloc(0);

/** Judges one event: suppression by the ids it names, consent and privacy, the tracking plan. Never throws. */
export function judgeEventEntry(raw: RawEvent, { source, facts, suppressions, policy, plan }: Judge): Entry {
  const { event: sent, rejected } = judgeEvent(raw, source, facts.receivedAtMs);
  const entry: Entry = { raw, event: sent, item: undefined, post: undefined, dropped: undefined, rejected, violations: NONE };
  const ids = idsOf(sent ?? raw.value);
  if (suppressions?.isSuppressed(source.sourceId, policy?.hashedIds ? [...ids, ...policy.hashedIds(ids)] : ids)) {
    entry.dropped = 'suppressed';
    entry.rejected = undefined;
    return entry;
  }
  if (sent && policy) {
    const allowed = policy.apply(sent, raw, facts);
    if (typeof allowed === 'string') entry.dropped = allowed;
    else entry.event = allowed;
  }
  if (sent && plan && entry.dropped === undefined) follow(plan, entry, sent);
  if (entry.rejected && policy) entry.redacted = policy.rejected(raw, facts);
  return entry;
}

/** Judges one catalogue item. Never throws. */
export function judgeItemEntry(raw: RawEvent, { source, facts }: Judge): Entry {
  const { item, rejected } = judgeItem(raw, source, facts.receivedAtMs);
  return { raw, event: undefined, item, post: undefined, dropped: undefined, rejected, violations: NONE };
}

/** Judges one post. Never throws. */
export function judgePostEntry(raw: RawEvent, { source, facts }: Judge): Entry {
  const { post, rejected } = judgePost(raw, source.sourceId, facts.receivedAtMs);
  return { raw, event: undefined, item: undefined, post, dropped: undefined, rejected, violations: NONE };
}

/** What may be stored of a rejected entry; null for nothing. */
export function storedOriginal({ raw, redacted }: Entry, keep: SourceSettings['rejected']): Buffer | null {
  if (redacted !== undefined) return redacted;
  return keep === 'drop' ? null : keep === 'keep' ? raw.bytes : NO_BYTES;
}

/** The ids that an event names, also one that could not be accepted. */
function idsOf(event: unknown): string[] {
  const ids: string[] = [];
  if (!isObject(event)) return ids;
  for (const member of ID_MEMBERS) {
    const id = event[member];
    if (typeof id === 'number') ids.push(String(id));
    else if (typeof id === 'string' && id !== '') ids.push(id);
  }
  return ids;
}

/** The plan sees the event as it was sent; what it says goes on the event as it is published. */
function follow(plan: PlanChecker, entry: Entry, sent: Event): void {
  const { userKey } = entry.event!;
  const violations = plan.check(sent, entry.raw);
  // Whose event it was is told as the policy allows.
  entry.violations = userKey === sent.userKey ? violations : violations.map((violation) => ({ ...violation, userKey }));
  // Events that the plan does not name may be treated otherwise than those that break it.
  const mode = entry.violations[0]?.mode ?? plan.mode;
  if (mode === 'allow') return;
  if (mode === 'block' && entry.violations.length > 0) {
    entry.rejected = { fault: plan.fault(entry.violations), messageId: sent.messageId };
    return;
  }
  entry.event = { ...entry.event!, trackingPlan: plan.name, violationCount: entry.violations.length };
}
