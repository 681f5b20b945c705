import type { Event, Item, Post, Violation } from '@tradewind/contracts';
import { judgeItem } from './items';
import { judgePost } from './posts/judge-post';
import { judgeEvent, type JudgedSource, type RawEvent, type Rejection } from './judge';
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
}

/** The synchronous stages of one request; absent ones do nothing. */
export interface Judge {
  readonly source: JudgedSource;
  readonly facts: RequestFacts;
  readonly suppressions?: SuppressionList | undefined;
  readonly policy?: Policy | undefined;
  readonly plan?: PlanChecker | undefined;
}

const NONE: readonly Violation[] = [];

/** Judges one event: suppression by the ids it names, consent and privacy, the tracking plan. Never throws. */
export function judgeEventEntry(raw: RawEvent, { source, facts, suppressions, policy, plan }: Judge): Entry {
  const { event: sent, rejected } = judgeEvent(raw, source, facts.receivedAtMs);
  const entry: Entry = { raw, event: sent, item: undefined, post: undefined, dropped: undefined, rejected, violations: NONE };
  if (!sent) return entry;
  if (suppressions && isSuppressed(suppressions, sent)) {
    entry.dropped = 'suppressed';
    return entry;
  }
  if (policy) {
    const allowed = policy.apply(sent, raw, facts);
    if (typeof allowed === 'string') entry.dropped = allowed;
    else entry.event = allowed;
  }
  if (plan && entry.dropped === undefined) follow(plan, entry, sent);
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

function isSuppressed(suppressions: SuppressionList, { sourceId, userId, anonymousId, previousId }: Event): boolean {
  return suppressions.isSuppressed(
    sourceId,
    [userId, anonymousId, previousId].filter((id) => id !== ''),
  );
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
