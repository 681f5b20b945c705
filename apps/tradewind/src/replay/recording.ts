/** One product of an order, in the names of Segment's e-commerce specification. Amounts are decimals in the event's currency. */
export interface ReplayProduct {
  readonly product_id: string;
  readonly name?: string;
  readonly price?: number;
  readonly quantity?: number;
}

/** A call of Segment's HTTP API, ready for `/v1/batch`. `messageId` depends on the input only, so a repeated replay repeats no event. */
export interface ReplayEvent {
  readonly type: 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias';
  readonly messageId: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly event?: string;
  /** ISO 8601 UTC. */
  readonly timestamp?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A catalogue entry, ready for `/v1/catalog/items`. */
export interface ReplayItem {
  readonly item_id: string;
  readonly title: string;
  readonly price: number;
  readonly currency: string;
}

/** A data set as events. */
export interface Recording {
  /** The catalogue, to be sent before the first event; empty when the format has none. @throws FILE_INVALID */
  items(): AsyncIterable<ReplayItem>;
  /** In time order. Each call reads the file again. @throws FILE_INVALID */
  events(): AsyncIterable<ReplayEvent>;
  /** Share of the file that `events` has read, 0–1. */
  readRatio(): number;
}
