import { EventType, type Event } from '@tradewind/contracts';
import { memberOf, mentions, productsOf, propertyOf, toPropertyName } from '../payload';
import { unitsOf } from '../units';

const TYPES = {
  track: EventType.EVENT_TYPE_TRACK,
  page: EventType.EVENT_TYPE_PAGE,
  screen: EventType.EVENT_TYPE_SCREEN,
  identify: EventType.EVENT_TYPE_IDENTIFY,
  group: EventType.EVENT_TYPE_GROUP,
  alias: EventType.EVENT_TYPE_ALIAS,
} as const;
/** Keeps times, and the steps between two, exact integers: the year 128,000. */
const FARTHEST_MS = 4e15;
/** Texts are kept up to here, UTF-16 units. */
export const TEXT_UNITS = 64;
/** Most bytes of such a text with its length. */
export const TEXT_BYTES = TEXT_UNITS * 3 + 2;

/** Which events a feature looks at. Data, so that it is part of the declaration. */
export interface EventSelector {
  /** @default track */
  readonly type?: keyof typeof TYPES | 'any';
  /** One of these names. @default any name */
  readonly name?: string | readonly string[];
}

/** A number of an event. `valueMinor`: of the order or refund; `units`: of all lines; a property that is no number counts as 0. */
export type NumberField = 'valueMinor' | 'units' | 'lines' | `property:${string}`;

/** Texts of an event: product ids of its lines, its name, what ingest learnt, or a property of it or, when it has none, of each of its products. */
export type TextField = 'productId' | 'name' | 'currency' | 'device' | 'country' | 'medium' | 'campaignName' | `property:${string}`;

/** Whether an event is selected. */
export function toPredicate({ type = 'track', name }: EventSelector): (event: Event) => boolean {
  const wanted = type === 'any' ? null : TYPES[type];
  if (name === undefined) return (event) => wanted === null || event.type === wanted;
  if (typeof name === 'string') return (event) => event.name === name && (wanted === null || event.type === wanted);
  const names = new Set(name);
  return (event) => (wanted === null || event.type === wanted) && names.has(event.name);
}

/** Reads a number; finite. */
export function toNumberReader(field: NumberField): (event: Event) => number {
  switch (field) {
    case 'valueMinor':
      return (event) => event.valueMinor;
    case 'lines':
      return (event) => event.items.length;
    case 'units':
      return (event) => event.items.reduce((sum, item) => sum + unitsOf(item), 0);
    default: {
      const property = toPropertyName(nameOf(field));
      return (event) => {
        const value = propertyOf(event, property);
        return typeof value === 'number' && Number.isFinite(value) ? value : 0;
      };
    }
  }
}

/** Reads the texts that are not empty, cut to 64 units. */
export function toTextReader(field: TextField): (event: Event) => readonly string[] {
  switch (field) {
    case 'productId':
      return ({ items }) => (items.length === 1 ? textOf(items[0]!.productId) : items.flatMap((item) => textOf(item.productId)));
    case 'name':
    case 'currency':
      return (event) => textOf(event[field]);
    case 'device':
    case 'country':
    case 'medium':
    case 'campaignName':
      return (event) => textOf(event.enrichment?.[field]);
    default:
      return toPropertyReader(nameOf(field));
  }
}

/** The event's time as features keep it: an integer from 0, so that a broken clock breaks nothing else. */
export function timeOf({ occurredAtMs }: Event): number {
  return occurredAtMs >= 0 ? Math.min(FARTHEST_MS, Math.floor(occurredAtMs)) : 0;
}

function toPropertyReader(name: string): (event: Event) => readonly string[] {
  const property = toPropertyName(name);
  return (event) => {
    if (!mentions(event, property)) return NOTHING;
    const own = textOf(propertyOf(event, property));
    return own.length > 0 ? own : productsOf(event).flatMap((product) => textOf(memberOf(product, name)));
  };
}

const NOTHING: readonly string[] = [];

function nameOf(field: string): string {
  return field.slice('property:'.length);
}

/** Well-formed, as it will be read back from a record. */
function textOf(value: unknown): readonly string[] {
  if (typeof value !== 'string' || value === '') return NOTHING;
  const cut = value.length > TEXT_UNITS ? value.slice(0, TEXT_UNITS) : value;
  return [(cut as string & { toWellFormed(): string }).toWellFormed()];
}
