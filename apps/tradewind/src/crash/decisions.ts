import { RANKED_LIST, TOPICS, TRANSITION } from '@tradewind/contracts';
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
  /** The last list of each customer. */
  readonly lists: ReadonlyMap<string, string>;
  /** Transitions including repeats. */
  readonly transitionRecords: number;
}

type Said = Pick<LogRecord | OutboundRecord, 'topic' | 'value'>;

/** Collects what was said, in log order per customer. */
export class DecisionCollector {
  private readonly transitions = new Map<string, string>();
  private readonly lists = new Map<string, string>();
  private transitionRecords = 0;

  add({ topic, value }: Said): void {
    if (value === null) return;
    if (topic === TOPICS.segmentTransitions.name) this.addTransition(value);
    if (topic === TOPICS.recommendations.name) this.addList(value);
  }

  async finish(state: StateStore): Promise<Decisions> {
    const records = new Map<string, Buffer>();
    for await (const page of state.scan('')) for (const [key, value] of page) if (!NO_CUSTOMER.test(key)) records.set(key, value);
    const { transitions, lists, transitionRecords } = this;
    return { records, transitions, lists, transitionRecords };
  }

  private addTransition(value: Buffer): void {
    const { transitionId, userKey, segmentId, segmentName, kind, modelVersion, occurredAtMs, evidence } = TRANSITION.decode(value);
    const shares = evidence.map(({ feature, value: is, contribution }) => [feature, is, contribution]);
    this.transitionRecords++;
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
  for (const { name } of [TOPICS.segmentTransitions, TOPICS.recommendations]) {
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
export const sameBesidePositions = (a: Buffer, b: Buffer): boolean => withoutPositions(a).equals(withoutPositions(b));
