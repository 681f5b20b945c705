import { RULES_MODEL, comparable } from '@tradewind/apps/segmentation';
import { MEMBERSHIP, RANKED_LIST, TOPICS, TRANSITION } from '@tradewind/contracts';
import type { EventLog, LogRecord, OutboundRecord } from '@tradewind/eventing';
import { withoutPositions, type StateStore } from '@tradewind/feature-store';

/** What the collector keeps, and how far segmentation got on a partition: made at the clock of the run, compared by their own tests. */
const NO_CUSTOMER = /^(ids:|identity:|segmentation-partition:)/;

/** What services know and said, in a form that can be compared: what depends on the wall clock is left out. */
export interface Decisions {
  /** Every state record by key. */
  readonly records: ReadonlyMap<string, Buffer>;
  /** Transitions by id, repeats dropped. */
  readonly transitions: ReadonlyMap<string, string>;
  /** Whether a user is in a segment, by segment and user: the last that was said. */
  readonly memberships: ReadonlyMap<string, string>;
  /** The last list of each customer. */
  readonly lists: ReadonlyMap<string, string>;
  /** Transitions including repeats. */
  readonly transitionRecords: number;
  /** Of segments by rule, repeats dropped. */
  readonly ruleTransitions: number;
}

type Said = Pick<LogRecord | OutboundRecord, 'topic' | 'value'>;

/** Collects what was said, in log order per customer. */
export class DecisionCollector {
  private readonly transitions = new Map<string, string>();
  private readonly memberships = new Map<string, string>();
  private readonly lists = new Map<string, string>();
  private readonly byRule = new Set<string>();
  private transitionRecords = 0;

  /** Records so far. */
  count = 0;

  add({ topic, value }: Said): void {
    this.count++;
    if (value === null) return;
    if (topic === TOPICS.segmentTransitions.name) this.addTransition(value);
    if (topic === TOPICS.segmentMembership.name) this.addMembership(value);
    if (topic === TOPICS.recommendations.name) this.addList(value);
  }

  async finish(state: StateStore): Promise<Decisions> {
    const records = new Map<string, Buffer>();
    for await (const page of state.scan('')) for (const [key, value] of page) if (!NO_CUSTOMER.test(key)) records.set(key, value);
    const { transitions, memberships, lists, transitionRecords } = this;
    return { records, transitions, memberships, lists, transitionRecords, ruleTransitions: this.byRule.size };
  }

  private addMembership(value: Buffer): void {
    const { segmentId, userKey, member, modelVersion, sinceMs } = MEMBERSHIP.decode(value);
    this.memberships.set(`${segmentId}|${userKey}`, JSON.stringify([member, modelVersion, sinceMs]));
  }

  private addTransition(value: Buffer): void {
    const { transitionId, userKey, segmentId, segmentName, kind, model, modelVersion, occurredAtMs, evidence } = TRANSITION.decode(value);
    const shares = evidence.map(({ feature, value: is, contribution }) => [feature, is, contribution]);
    this.transitionRecords++;
    if (model === RULES_MODEL) this.byRule.add(transitionId);
    this.transitions.set(transitionId, JSON.stringify([userKey, segmentId, segmentName, kind, modelVersion, occurredAtMs, shares]));
  }

  private addList(value: Buffer): void {
    const { recommendationId, userKey, placement, modelVersion, strategy, items } = RANKED_LIST.decode(value);
    const shown = items.map(({ itemId, score, reasons }) => [itemId, score, reasons.map((reason) => [reason.itemId, reason.contribution])]);
    this.lists.set(userKey, JSON.stringify([recommendationId, placement, modelVersion, strategy, shown]));
  }
}

/** What lies in Redis and on the topics. */
export async function readDecisions(log: EventLog, state: StateStore): Promise<Decisions> {
  const collector = new DecisionCollector();
  for (const { name } of [TOPICS.segmentTransitions, TOPICS.segmentMembership, TOPICS.recommendations]) {
    for await (const records of log.read(name)) for (const record of records) collector.add(record);
  }
  return collector.finish(state);
}

export interface Difference {
  /** Keys of either side. */
  readonly compared: number;
  readonly different: number;
  /** Of the different: only undisturbed, only disturbed, on both sides with other values. */
  readonly missing: number;
  readonly extra: number;
  readonly changed: number;
  /** Up to three keys. */
  readonly examples: readonly string[];
}

/** What of `expected` is not in `actual`, or otherwise, or beside it. */
export function compareMaps<T>(
  actual: ReadonlyMap<string, T>,
  expected: ReadonlyMap<string, T>,
  isEqual: (a: T, b: T) => boolean,
): Difference {
  const missing = [...expected.keys()].filter((key) => !actual.has(key));
  const extra = [...actual.keys()].filter((key) => !expected.has(key));
  const changed = [...actual].filter(([key, value]) => expected.has(key) && !isEqual(value, expected.get(key)!)).map(([key]) => key);
  const all = [...missing, ...extra, ...changed];
  return {
    compared: actual.size + missing.length,
    different: all.length,
    missing: missing.length,
    extra: extra.length,
    changed: changed.length,
    examples: all.slice(0, 3),
  };
}

export const sameText = (a: string, b: string): boolean => a === b;
export const sameBytes = (a: Buffer, b: Buffer): boolean => a.equals(b);
/** But for log positions. */
export function sameBesidePositions(a: Buffer, b: Buffer): boolean {
  return withoutPositions(a).equals(withoutPositions(b));
}

const SEGMENTATION = 'segmentation:';

/** Records without what rules keep: their clock follows the events of others, whose order an outage may change. */
export function profilesOf({ records }: Decisions): ReadonlyMap<string, Buffer> {
  return new Map([...records].map(([key, record]) => [key, key.startsWith(SEGMENTATION) ? comparable(record).profile : record]));
}

/** Segments by rule of each customer, by their records. */
export function segmentsOf({ records }: Decisions): ReadonlyMap<string, string> {
  const customers = [...records].filter(([key]) => key.startsWith(SEGMENTATION));
  return new Map(customers.map(([key, record]) => [key, comparable(record).memberships.join()]));
}
