import type { Feature } from './feature';
import { MessageWindow } from './codec/message-window';

/** Everything of `topic`-`partition` below `nextOffset` that concerns the user is in the state. */
export interface AppliedPosition {
  readonly topic: string;
  readonly partition: number;
  nextOffset: number;
}

/**
 * What is kept about one user. Made by a `FeatureSet`; whoever holds it may change attribute features in place
 * (`state.of(attribute).x = …`), and the change is stored by the batch's `persist`.
 */
export class UserState {
  /** Ordered by topic, then partition; one entry unless several topics feed the user. */
  readonly positions: AppliedPosition[];
  /** Latest event time applied so far, epoch milliseconds UTC; late events do not turn it back. -Infinity before the first event. */
  lastEventAtMs: number;
  /** @internal */
  readonly recent: MessageWindow;

  /** @internal */
  constructor(
    readonly userKey: string,
    private readonly features: readonly Feature<unknown>[],
    /** @internal State per feature, in the set's order. */
    readonly slots: readonly unknown[],
    stored?: { positions: AppliedPosition[]; lastEventAtMs: number; recent: MessageWindow },
  ) {
    this.positions = stored?.positions ?? [];
    this.lastEventAtMs = stored?.lastEventAtMs ?? -Infinity;
    this.recent = stored?.recent ?? new MessageWindow();
  }

  /** The feature's own state, mutable. @throws Error when the feature is not in the set that made this state. */
  of<S>(feature: Feature<S>): S {
    const slot = this.features.indexOf(feature as Feature<unknown>);
    if (slot < 0) throw new Error(`feature ${feature.name} is not in this feature set`);
    return this.slots[slot] as S;
  }

  /** Sum of the applied offsets: never decreases as long as the topics' offsets do not. */
  get revision(): number {
    let sum = 0;
    for (const position of this.positions) sum += position.nextOffset;
    return sum;
  }

  /** First offset of the partition that is not in the state; 0 before any. */
  nextOffset(topic: string, partition: number): number {
    return this.find(topic, partition)?.nextOffset ?? 0;
  }

  /** @internal */
  advance(topic: string, partition: number, nextOffset: number): void {
    const known = this.find(topic, partition);
    if (known !== undefined) {
      known.nextOffset = nextOffset;
      return;
    }
    this.positions.push({ topic, partition, nextOffset });
    this.positions.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
  }

  private find(topic: string, partition: number): AppliedPosition | undefined {
    for (const position of this.positions) if (position.partition === partition && position.topic === topic) return position;
    return undefined;
  }
}
