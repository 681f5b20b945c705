import { patternFault } from './pattern-rules';
import type { JsonSchema } from './plan-document';

/** Schemas in one event's schema with its references followed. */
const MAX_SCHEMAS = 2_000;
const MAX_DEPTH = 24;
const MAX_VALUES = 1_000;

/** Keywords whose value is a schema, a list of schemas (an array), or either. */
const SCHEMAS = new Set([
  'items',
  'additionalItems',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
  'allOf',
  'anyOf',
  'oneOf',
  'prefixItems',
]);
/** Keywords whose value maps names to schemas (of `dependencies` also to lists of names). */
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', 'dependencies']);
const DEFINITIONS = new Set(['$defs', 'definitions']);
const VALUES = new Set(
  (
    'type enum const required minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems uniqueItems ' +
    'minContains maxContains minProperties maxProperties dependentRequired format title description default examples deprecated readOnly writeOnly ' +
    '$comment $schema $id id $ref labels'
  ).split(' '),
);
const SCALARS = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'null']);

/** What is wrong, and where from the root of the schema, e.g. `.properties.price.type`; or how many schemas it holds. */
export type SchemaFinding = { readonly at: string; readonly fault: string } | { readonly schemas: number };

class Unsafe {
  constructor(
    readonly at: string,
    readonly fault: string,
  ) {}
}

interface Walk {
  readonly root: JsonSchema;
  schemas: number;
}

/**
 * Whether a schema may judge every event: known keywords only, at most 24 deep and 2,000 schemas large with its references followed, references
 * inside it and without cycles (they could recurse as deep as an event), patterns as `patternFault` allows, `uniqueItems` on scalars only
 * (on objects it costs the square of their number).
 */
export function findUnsafeSchema(schema: JsonSchema): SchemaFinding {
  const walk: Walk = { root: schema, schemas: 0 };
  const unsafe = visit(schema, { walk, at: '', depth: 0, refs: [] });
  return unsafe ?? { schemas: walk.schemas };
}

interface Place {
  readonly walk: Walk;
  readonly at: string;
  readonly depth: number;
  /** References that led here. */
  readonly refs: readonly string[];
}

function visit(schema: unknown, place: Place): Unsafe | undefined {
  const { walk, at, depth, refs } = place;
  if (typeof schema === 'boolean') return undefined;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return new Unsafe(at, 'must be a JSON Schema');
  if (++walk.schemas > MAX_SCHEMAS) return new Unsafe(at, `the schema is larger than ${MAX_SCHEMAS} schemas`);
  if (depth > MAX_DEPTH) return new Unsafe(at, `the schema is more than ${MAX_DEPTH} deep`);
  for (const [keyword, value] of Object.entries(schema)) {
    const inner = { ...place, at: `${at}${member(keyword)}`, depth: depth + 1 };
    const unsafe = visitKeyword(keyword, value, inner, schema as Record<string, unknown>);
    if (unsafe) return unsafe;
  }
  const reference = (schema as Record<string, unknown>)['$ref'];
  if (reference === undefined) return undefined;
  const target = resolveReference(walk.root, reference);
  if (target === undefined) return new Unsafe(`${at}.$ref`, 'must name a part of this schema, such as #/$defs/product');
  if (refs.includes(reference as string)) return new Unsafe(`${at}.$ref`, 'leads back to itself: schemas must end');
  return visit(target, { walk, at: `${at}.$ref`, depth: depth + 1, refs: [...refs, reference as string] });
}

function visitKeyword(keyword: string, value: unknown, place: Place, schema: Readonly<Record<string, unknown>>): Unsafe | undefined {
  const { at, depth } = place;
  // Definitions count where they are used.
  if (DEFINITIONS.has(keyword)) return undefined;
  if (SCHEMAS.has(keyword)) {
    if (!Array.isArray(value)) return visit(value, place);
    return firstOf(value, (each, i) => visit(each, { ...place, at: `${at}[${i}]` }));
  }
  if (MAPS.has(keyword)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Unsafe(at, 'must be an object');
    return firstOf(Object.entries(value), ([name, each]) => visitMember(keyword, name, each, { ...place, at: `${at}${member(name)}` }));
  }
  if (!VALUES.has(keyword) && !keyword.startsWith('x-')) return new Unsafe(at, 'is no keyword of JSON Schema that plans may use');
  if ((keyword === '$schema' || keyword === '$id') && depth > 1) return new Unsafe(at, 'belongs at the beginning of a schema');
  if (keyword === 'pattern') return patternAt(value, at);
  if (keyword === 'enum' && Array.isArray(value) && value.length > MAX_VALUES) return new Unsafe(at, `has over ${MAX_VALUES} values`);
  if (keyword === 'uniqueItems' && value === true && !hasScalarItems(schema)) return new Unsafe(at, 'needs items of a scalar type');
  return undefined;
}

function visitMember(keyword: string, name: string, value: unknown, place: Place): Unsafe | undefined {
  const unsafe = keyword === 'patternProperties' ? patternAt(name, place.at) : undefined;
  if (unsafe) return unsafe;
  if (keyword === 'dependencies' && Array.isArray(value)) return undefined;
  return visit(value, place);
}

function patternAt(pattern: unknown, at: string): Unsafe | undefined {
  const fault = typeof pattern === 'string' ? patternFault(pattern) : 'must be text';
  return fault === null ? undefined : new Unsafe(at, fault);
}

function hasScalarItems({ items }: Readonly<Record<string, unknown>>): boolean {
  const type = typeof items === 'object' && items !== null ? (items as Record<string, unknown>)['type'] : undefined;
  return Array.isArray(type) ? type.every((each) => SCALARS.has(each)) : SCALARS.has(type);
}

function firstOf<T>(values: readonly T[], find: (value: T, i: number) => Unsafe | undefined): Unsafe | undefined {
  for (let i = 0; i < values.length; i++) {
    const found = find(values[i]!, i);
    if (found) return found;
  }
  return undefined;
}

/** A JSON pointer (not percent-encoded) from the root of a schema; `undefined` when it names nothing there. */
export function resolveReference(root: JsonSchema, reference: unknown): unknown {
  if (reference === '#') return root;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
  let value: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** `.name`, or `["a name"]` where it is no plain one. */
function member(name: string): string {
  return /^[\w$-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
