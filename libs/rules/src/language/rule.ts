/** One segment by rule. JSON as people and editors write it; `validateRules` decides whether a value is one. */
export interface Rule {
  /** Letters, digits, `-`, `_`, `.`; unique in a rule set. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly when: Condition;
}

export type Condition =
  | EveryoneCondition
  | AndCondition
  | OrCondition
  | NotCondition
  | SegmentCondition
  | UsersCondition
  | RolloutCondition
  | TraitCondition
  | EventCondition
  | SequenceCondition;

export interface EveryoneCondition {
  readonly everyone: true;
}
export interface AndCondition {
  readonly and: readonly Condition[];
}
export interface OrCondition {
  readonly or: readonly Condition[];
}
export interface NotCondition {
  readonly not: Condition;
}
/** Member of another rule of the set. */
export interface SegmentCondition {
  readonly segment: string;
}
/** One of these user keys (`sourceId:userId`). */
export interface UsersCondition {
  readonly users: readonly string[];
}
/** A stable share of all users: the bucket of the user key is below `percent`. */
export interface RolloutCondition {
  readonly rollout: {
    /** 0–100. */
    readonly percent: number;
    /** Rollouts of one salt nest: who is in 10 % is in 20 %. @default the rule's id */
    readonly salt?: string;
  };
}

export const VALUE_OPS = ['equals', 'notEquals', 'in', 'notIn', 'contains', 'startsWith', 'exists', 'isSet'] as const;
export const NUMBER_OPS = ['<', '<=', '>', '>=', 'between'] as const;
export const DATE_OPS = ['before', 'after', 'withinLast', 'withinNext'] as const;
export const OPS = [...VALUE_OPS, ...NUMBER_OPS, ...DATE_OPS] as const;
export type Op = (typeof OPS)[number];

export type Scalar = string | number | boolean;
export type Operand = Scalar | readonly Scalar[];

/** What is asked of a value. `exists` and `isSet` take no operand, `in`, `notIn` and `between` a list. */
export interface Predicate {
  readonly op: Op;
  readonly value?: Operand;
}

/** The latest value that an identify call gave the trait; dots reach into objects. */
export interface TraitCondition extends Predicate {
  readonly trait: string;
}

export const EVENT_FIELDS = [
  'value',
  'currency',
  'orderId',
  'groupId',
  'device',
  'os',
  'browser',
  'country',
  'region',
  'city',
  'referrerHost',
  'medium',
  'campaignSource',
  'campaignMedium',
  'campaignName',
  'campaignTerm',
  'campaignContent',
  'bot',
  'internal',
] as const;
export const ITEM_FIELDS = ['productId', 'quantity', 'priceMinor'] as const;
export const VALUE_FIELDS = [...EVENT_FIELDS, 'items.productId', 'items.quantity', 'items.priceMinor'] as const;
export type EventField = (typeof EVENT_FIELDS)[number];
export type ItemField = (typeof ITEM_FIELDS)[number];
export type ValueField = (typeof VALUE_FIELDS)[number];

/** What an event must look like besides its name. */
export type Filter = PropertyFilter | FieldFilter | ItemsFilter | AndFilter | OrFilter | NotFilter;
export interface PropertyFilter extends Predicate {
  readonly property: string;
}
export interface FieldFilter extends Predicate {
  readonly field: EventField;
}
/** `all` asks for at least one item. */
export interface ItemsFilter {
  readonly items: 'any' | 'all';
  readonly where: readonly ItemFilter[];
}
export interface ItemFilter extends Predicate {
  readonly field: ItemField;
}
export interface AndFilter {
  readonly and: readonly Filter[];
}
export interface OrFilter {
  readonly or: readonly Filter[];
}
export interface NotFilter {
  readonly not: Filter;
}

export const SELECTABLE_TYPES = ['track', 'page', 'screen', 'group', 'identify', 'any'] as const;
export type SelectableType = (typeof SELECTABLE_TYPES)[number];

/** Which events are meant. */
export interface EventSelector {
  /** Names; `*` stands for any. */
  readonly event: string | readonly string[];
  /** @default 'track' */
  readonly type?: SelectableType;
  /** All must hold. */
  readonly where?: readonly Filter[];
}

export const AGGREGATES = ['count', 'sum', 'avg', 'min', 'max', 'distinct', 'mostFrequent', 'first', 'last'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** What an aggregate is taken of. An `items.` field gives one value per line of the order. */
export type ValueRef = { readonly property: string } | { readonly field: ValueField };

/** Compares an aggregate over the selected events; without any aggregate: there is at least one. */
export interface EventCondition extends EventSelector {
  /** @default 'count' */
  readonly aggregate?: Aggregate;
  readonly of?: ValueRef;
  /** @default '>=' for a count */
  readonly op?: Op;
  /** @default 1 for a count */
  readonly value?: Operand;
  /** Only events of the last `7d`: an event at t counts while now < t + 7d. */
  readonly within?: string;
  /** No such event in the last `7d`; takes no aggregate. */
  readonly notWithin?: string;
  /** Only events from the first date on and before the second. */
  readonly between?: readonly [string, string];
}

export interface SequenceStep extends EventSelector {
  /** Less than this after the step before. For an absent step: how long it must stay away. */
  readonly within?: string;
  /**
   * Last step only: it did not happen. `within`: not in that time after the step before. `since`: not to this day, and that time has passed.
   */
  readonly absent?: 'within' | 'since';
}

/** Steps at strictly increasing times. */
export interface SequenceCondition {
  readonly sequence: readonly SequenceStep[];
  /** The first step happened in the last `30d`. */
  readonly within?: string;
}
