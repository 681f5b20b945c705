import { UsageError } from '../command';
import { TARGET_TYPES, type Convert, type TargetType } from './convert';

export const IMPORT_KINDS = ['events', 'items', 'posts'] as const;
/** What the rows are. */
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** One target and where its value comes from: a column (or a path into it), or the same constant for every row. */
export interface MappedField {
  /** Dots nest: `properties.price`. */
  readonly target: string;
  readonly type: TargetType | undefined;
  readonly column?: string | undefined;
  readonly constant?: string | undefined;
}

/** A row as the collector takes it. */
export type ToEntry = (value: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Members of a call, by what they hold; every other column is a property (a trait of identify and group). */
const CALL: Readonly<Record<string, TargetType>> = {
  type: 'text',
  event: 'text',
  name: 'text',
  userId: 'text',
  anonymousId: 'text',
  previousId: 'text',
  groupId: 'text',
  messageId: 'text',
  timestamp: 'time',
  originalTimestamp: 'time',
  sentAt: 'time',
  properties: 'json',
  traits: 'json',
  context: 'json',
};
/** Segment's e-commerce names that hold numbers, wherever they stand among properties. */
const NUMBERS = new Set([
  'price',
  'quantity',
  'revenue',
  'total',
  'value',
  'subtotal',
  'tax',
  'shipping',
  'discount',
  'position',
  'rating',
]);
const FIELDS: Readonly<Record<ImportKind, Readonly<Record<string, TargetType>>>> = {
  events: CALL,
  items: { item_id: 'text', title: 'text', description: 'text', category: 'text', price: 'number', currency: 'text', updated_at: 'time' },
  posts: {
    post_id: 'text',
    brand: 'text',
    network: 'text',
    'author.id': 'text',
    'author.name': 'text',
    'author.followers': 'number',
    text: 'text',
    language: 'text',
    url: 'text',
    published_at: 'time',
    created_at: 'time',
    likes: 'number',
    shares: 'number',
    replies: 'number',
    in_reply_to: 'text',
    location: 'text',
    rating: 'number',
    item_id: 'text',
  },
};

/**
 * Reads `userId=customer_id,properties.price:number=UnitPrice,event="Order Completed"`: a target, its type if not the usual one of that target,
 * and a column, or a constant in quotes. A column with commas or equal signs in its name stands in backticks.
 * @throws UsageError
 */
export function parseMap(text: string): MappedField[] {
  const parts = text.match(/(?:"[^"]*"|`[^`]*`|[^,"`])+/g) ?? [];
  return parts.map((part) => {
    const [, target, type, source] = /^\s*([^=:\s]+)(?::([a-z]+))?\s*=\s*(.+?)\s*$/s.exec(part) ?? [];
    if (target === undefined || source === undefined)
      throw new UsageError('--map', part.trim(), 'write target=column, target:type=column or target="constant", separated by commas');
    if (type !== undefined && !isTargetType(type))
      throw new UsageError('--map', part.trim(), `"${type}" is no type; use ${TARGET_TYPES.join(', ')}`);
    const constant = /^"([^"]*)"$/s.exec(source)?.[1];
    return constant === undefined
      ? { target, type: type as TargetType | undefined, column: source.replace(/^`(.*)`$/s, '$1') }
      : { target, type: type as TargetType | undefined, constant };
  });
}

function isTargetType(type: string): type is TargetType {
  return (TARGET_TYPES as readonly string[]).includes(type);
}

export interface MappingOptions {
  readonly as: ImportKind;
  readonly fields: readonly MappedField[];
  /** Also the columns that no field names, under their own names. */
  readonly keepRest: boolean;
  readonly convert: Convert;
}

/** Makes entries of rows. Columns without a field keep their names: members of a call or of an item as such, others as properties. */
export function createMapping({ as, fields, keepRest, convert }: MappingOptions): ToEntry {
  const used = new Set(fields.flatMap(({ column }) => column ?? []));
  return function toEntry(value) {
    const entry: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const { target, type, column, constant } of fields) {
      const given = constant ?? pick(value, column!);
      if (given !== undefined) setPath(entry, target, convert(given, type ?? typeOf(as, target, given)));
    }
    if (as === 'events') entry['type'] ??= keepRest ? (value['type'] ?? 'track') : 'track';
    if (!keepRest) return entry;
    for (const [column, given] of Object.entries(value)) {
      const target = targetOf(as, column, entry['type']);
      if (used.has(column)) continue;
      const present = pick(entry, target);
      if (present === undefined) setPath(entry, target, convert(given, typeOf(as, target, given)));
      else if (isObject(present) && isObject(given)) setPath(entry, target, { ...given, ...present });
    }
    return entry;
  };
}

/** The column of that name, else the member at that path. */
function pick(value: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(value, path)) return value[path] ?? undefined;
  let at: unknown = value;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at ?? undefined;
}

function targetOf(as: ImportKind, column: string, type: unknown): string {
  if (as !== 'events' || column in CALL || /^(properties|traits|context)\./.test(column)) return column;
  return type === 'identify' || type === 'group' ? `traits.${column}` : `properties.${column}`;
}

/** What JSON has typed already stays as it is, but for times. */
function typeOf(as: ImportKind, target: string, value: unknown): TargetType {
  const type = FIELDS[as][target] ?? (as === 'events' && NUMBERS.has(target.split('.').at(-1)!) ? 'number' : 'asis');
  if (type === 'time' || typeof value === 'string') return type;
  return 'asis';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object of our own, without a prototype: no column's name can reach one. */
function ownObject(value: unknown): Record<string, unknown> {
  if (isObject(value) && Object.getPrototypeOf(value) === null) return value;
  return Object.assign(Object.create(null) as Record<string, unknown>, isObject(value) ? value : {});
}

function setPath(entry: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  let at = entry;
  for (const name of names.slice(0, -1)) {
    at = at[name] = ownObject(at[name]);
  }
  at[names.at(-1)!] = value;
}
