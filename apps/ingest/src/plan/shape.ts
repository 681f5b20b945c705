import { isObject } from '../judge';
import { isOfFormat } from './compile-schema';
import type { JsonSchema } from './plan-document';

/** What was seen of the values at one place. */
export interface Shape {
  readonly seen: Record<Kind, number>;
  /** Of texts: how often each was seen; null once there are too many, or too long ones, to be a list of choices. */
  choices: Map<string, number> | null;
  /** Formats that every text had. */
  formats: readonly Format[];
  /** Of numbers. */
  smallest: number;
  /** Of objects. */
  readonly fields: Map<string, Shape>;
  /** Objects had more fields than are kept. */
  isOpen: boolean;
  /** Of arrays. */
  items: Shape | null;
}

type Kind = 'null' | 'boolean' | 'string' | 'integer' | 'fraction' | 'object' | 'array';
type Format = 'date-time' | 'date' | 'email' | 'uri' | 'uuid';

/** What people should look at before they use the schema. */
export interface ShapeRemark {
  /** From the root of the value, e.g. `properties.products[].price`. */
  readonly field: string;
  readonly remark: string;
}

const FORMATS: readonly Format[] = ['date-time', 'date', 'email', 'uri', 'uuid'];
const MAX_CHOICES = 10;
const MAX_CHOICE_LENGTH = 50;
const MAX_FIELDS = 200;
const MAX_DEPTH = 12;
/** Fewer values than this prove nothing about those to come. */
const SOME = 20;
const MANY = 100;
const NEARLY_ALL_RATIO = 0.95;

export function createShape(): Shape {
  return {
    seen: { null: 0, boolean: 0, string: 0, integer: 0, fraction: 0, object: 0, array: 0 },
    choices: new Map(),
    formats: FORMATS,
    smallest: Infinity,
    fields: new Map(),
    isOpen: false,
    items: null,
  };
}

/** Shapes that may still be made below one root. */
export interface ShapeBudget {
  left: number;
}

/** Adds one JSON value. Deeper than 12 levels, or with the budget used up, only types are seen. */
export function observe(shape: Shape, value: unknown, budget: ShapeBudget, depth = 0): void {
  const kind = kindOf(value);
  shape.seen[kind]++;
  if (kind === 'string') observeText(shape, value as string);
  else if (kind === 'integer' || kind === 'fraction') shape.smallest = Math.min(shape.smallest, value as number);
  else if (isObject(value)) observeFields(shape, value, budget, depth);
  else if (Array.isArray(value) && depth < MAX_DEPTH) {
    shape.items ??= budget.left-- > 0 ? createShape() : null;
    if (shape.items) for (const item of value) observe(shape.items, item, budget, depth + 1);
  }
}

function observeText(shape: Shape, text: string): void {
  if (shape.formats.length > 0)
    shape.formats = shape.formats.filter((format) => (format !== 'uri' || /^https?:/.test(text)) && isOfFormat(format, text));
  if (shape.choices === null) return;
  shape.choices.set(text, (shape.choices.get(text) ?? 0) + 1);
  if (text.length > MAX_CHOICE_LENGTH || shape.choices.size > MAX_CHOICES) shape.choices = null;
}

function observeFields(shape: Shape, value: Readonly<Record<string, unknown>>, budget: ShapeBudget, depth: number): void {
  for (const [name, each] of Object.entries(value)) {
    let field = shape.fields.get(name);
    if (field === undefined) {
      // `__proto__` is no name that a schema can speak of.
      if (depth >= MAX_DEPTH || shape.fields.size >= MAX_FIELDS || name === '__proto__' || budget.left-- <= 0) {
        shape.isOpen = true;
        continue;
      }
      shape.fields.set(name, (field = createShape()));
    }
    observe(field, each, budget, depth + 1);
  }
}

function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return typeof value as 'boolean' | 'string' | 'object';
}

export interface SchemaOptions {
  /** Whether fields that were not seen are faults. */
  readonly isClosed: boolean;
  /** Told what the sample contradicts itself in. */
  remark(remark: ShapeRemark): void;
}

/**
 * A JSON Schema that every observed value follows. Required is what every object had; a format, a list of choices or a least number is claimed
 * when enough values agree and none differs.
 */
export function toSchema(shape: Shape, options: SchemaOptions, field = ''): JsonSchema {
  const types = typesOf(shape);
  const kinds = types.filter((type) => type !== 'null');
  if (kinds.length > 1) options.remark({ field, remark: `has several types: ${describeKinds(shape)}` });
  const isRoot = field === '';
  return {
    type: isRoot ? 'object' : types.length === 1 ? types[0] : types,
    ...textRules(shape, kinds),
    ...(shape.smallest >= 0 && numbersOf(shape) >= SOME && { minimum: 0 }),
    ...(shape.seen.object > 0 && fieldRules(shape, options, field)),
    ...(shape.items && total(shape.items) > 0 && { items: toSchema(shape.items, options, `${field}[]`) }),
  };
}

function typesOf(shape: Shape): string[] {
  const { seen } = shape;
  const numbers = numbersOf(shape);
  const number = numbers === 0 ? [] : seen.fraction === 0 && numbers >= MANY ? ['integer'] : ['number'];
  const others = (['string', 'boolean', 'object', 'array', 'null'] as const).filter((kind) => seen[kind] > 0);
  return [...number, ...others];
}

function textRules({ seen, formats, choices }: Shape, kinds: readonly string[]): Record<string, unknown> {
  if (seen.string < SOME) return {};
  const [format] = formats;
  if (format !== undefined) return { format };
  const isChoice = choices !== null && seen.string >= Math.max(MANY, 10 * choices.size) && kinds.length === 1;
  return isChoice ? { enum: [...[...choices.keys()].sort(), ...(seen.null > 0 ? [null] : [])] } : {};
}

function fieldRules(shape: Shape, options: SchemaOptions, field: string): Record<string, unknown> {
  const at = (name: string) => (field === '' ? name : `${field}.${name}`);
  const objects = shape.seen.object;
  const fields = [...shape.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  const required = fields.filter(([, inner]) => total(inner) === objects && objects >= SOME).map(([name]) => name);
  for (const [name, inner] of fields) {
    const ratio = total(inner) / objects;
    if (ratio < 1 && ratio >= NEARLY_ALL_RATIO && objects >= SOME)
      options.remark({ field: at(name), remark: `is missing in ${objects - total(inner)} of ${objects}: is it required?` });
  }
  if (shape.isOpen) options.remark({ field, remark: 'has more fields than were kept: the others are not checked' });
  return {
    properties: Object.fromEntries(fields.map(([name, inner]) => [name, toSchema(inner, options, at(name))])),
    ...(required.length > 0 && { required }),
    ...(options.isClosed && field !== '' && !shape.isOpen && { additionalProperties: false }),
  };
}

function numbersOf({ seen }: Shape): number {
  return seen.integer + seen.fraction;
}

function total({ seen }: Shape): number {
  return Object.values(seen).reduce((sum, count) => sum + count, 0);
}

function describeKinds(shape: Shape): string {
  const { seen } = shape;
  const counts = { number: numbersOf(shape), string: seen.string, boolean: seen.boolean, object: seen.object, array: seen.array };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}
