import Ajv, { type AnySchema, type ErrorObject, type Format, type Options } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import { fullFormats, type FormatName } from 'ajv-formats/dist/formats';
import { MAX_MATCHED_LENGTH } from './pattern-rules';
import { invalid, type JsonSchema } from './plan-document';
import { resolveReference } from './schema-rules';

/** True when the value follows the schema; else `errors` has every fault until the next call. Never throws on JSON values. */
export interface SchemaCheck {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

type Draft = '2020-12' | '07';

/** Longer texts are of no format: formats are regular expressions as well. */
const MAX_FORMATTED_LENGTH = 2_048;
const FORMATS: readonly FormatName[] = [
  'date',
  'time',
  'date-time',
  'iso-time',
  'iso-date-time',
  'duration',
  'uri',
  'uri-reference',
  'url',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
  'json-pointer',
  'int32',
  'int64',
  'float',
  'double',
];

const OPTIONS: Options = {
  allErrors: true,
  // Faults are told from keyword and parameters; ajv's sentences would name no path.
  messages: false,
  // Lengths in UTF-16 units, at a fraction of the cost.
  unicode: false,
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allowMatchingProperties: true,
  multipleOfPrecision: 6,
  // Done apart, by one compiled meta-schema for all plans.
  meta: false,
  validateSchema: false,
  addUsedSchema: false,
  logger: false,
  code: { regExp: Object.assign(boundedPattern, { code: 'boundedPattern' }) },
};

const META_SCHEMAS: Readonly<Record<Draft, string>> = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '07': 'http://json-schema.org/draft-07/schema',
};
const metaSchemas = new Map<Draft, Ajv | Ajv2020>();

/**
 * Compiles schemas that `findUnsafeSchema` accepts. What it compiles shares one compiler, which is forgotten with the plan.
 * @param at where the schema stands in its plan
 * @throws PLAN_INVALID with the path of the fault
 */
export function createSchemaCompiler(): (schema: JsonSchema, at: string) => SchemaCheck {
  const compilers = new Map<Draft, Ajv | Ajv2020>();
  return (schema, at) => {
    const draft = draftOf(schema, at);
    assertSchema(schema, draft, at);
    try {
      return remembered(compilers, draft, createCompiler).compile(inlined(schema, schema));
    } catch (cause) {
      // What the meta-schema cannot see, such as an unknown format. Anything but an Error is none of ajv's.
      if (!(cause instanceof Error)) throw cause;
      throw invalid(at, cause.message);
    }
  };
}

function draftOf(schema: JsonSchema, at: string): Draft {
  const named = typeof schema === 'object' ? schema['$schema'] : undefined;
  if (named === undefined) return '2020-12';
  const found = typeof named === 'string' ? /^https?:\/\/json-schema\.org\/(?:draft\/(2020-12)|draft-(07))\/schema#?$/.exec(named) : null;
  if (!found) throw invalid(`${at}.$schema`, 'must be draft 2020-12 or draft-07');
  return (found[1] ?? found[2]) as Draft;
}

function assertSchema(schema: JsonSchema, draft: Draft, at: string): void {
  const options: Options = { strict: false, logger: false };
  const ajv = remembered(metaSchemas, draft, () => (draft === '07' ? new Ajv(options) : new Ajv2020(options)));
  if (ajv.validate(META_SCHEMAS[draft], schema)) return;
  const [error] = ajv.errors ?? [];
  throw invalid(`${at}${(error?.instancePath ?? '').replaceAll('/', '.')}`, error?.message ?? 'is no JSON Schema');
}

function createCompiler(draft: Draft): Ajv | Ajv2020 {
  const ajv = draft === '07' ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  for (const name of FORMATS) ajv.addFormat(name, boundedFormat(fullFormats[name]));
  return ajv;
}

function remembered<T>(cache: Map<Draft, T>, draft: Draft, create: (draft: Draft) => T): T {
  const present = cache.get(draft) ?? create(draft);
  cache.set(draft, present);
  return present;
}

/**
 * The schema with each reference replaced by what it names, so that all faults below an `anyOf` are told from its own; ends because references
 * have no cycles. Names of definitions and what only people read are left out.
 */
function inlined(schema: unknown, root: JsonSchema): AnySchema {
  return inline(schema, root, 'schema') as AnySchema;
}

const LEFT_OUT = new Set([
  '$schema',
  '$id',
  'id',
  '$defs',
  'definitions',
  'labels',
  '$comment',
  'title',
  'description',
  'examples',
  'default',
]);
const DATA = new Set(['enum', 'const', 'required', 'dependentRequired', 'type']);
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', 'dependencies']);

function inline(value: unknown, root: JsonSchema, kind: 'schema' | 'map'): unknown {
  if (Array.isArray(value)) return value.map((each) => inline(each, root, 'schema'));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (kind === 'map') return Object.fromEntries(entries.map(([name, each]) => [name, inline(each, root, 'schema')]));
  const kept = entries.filter(([keyword]) => !LEFT_OUT.has(keyword) && keyword !== '$ref' && !keyword.startsWith('x-'));
  const own = Object.fromEntries(
    kept.map(([keyword, each]) => [keyword, DATA.has(keyword) ? each : inline(each, root, MAPS.has(keyword) ? 'map' : 'schema')]),
  );
  const reference = (value as Record<string, unknown>)['$ref'];
  if (reference === undefined) return own;
  const target = inline(resolveReference(root, reference), root, 'schema');
  // Beside the other keywords, so that `unevaluatedProperties` sees it.
  const { allOf = [] } = own as { allOf?: unknown };
  return kept.length === 0 ? target : { ...own, allOf: [target, ...[allOf].flat()] };
}

/** A text that is too long matches nothing, however little the pattern would cost. */
function boundedPattern(pattern: string, flags: string): { test(text: string): boolean; toString(): string } & RegExp {
  const expression = new RegExp(pattern, flags);
  const test = expression.test.bind(expression);
  return Object.assign(expression, { test: (text: string) => text.length <= MAX_MATCHED_LENGTH && test(text) });
}

function boundedFormat(format: Format): Format {
  if (typeof format === 'object' && !(format instanceof RegExp) && format.type === 'number') return format;
  const test = testOf(format);
  return (text: string) => text.length <= MAX_FORMATTED_LENGTH && test(text);
}

/** Whether a text is of a format, as plans check it. */
export function isOfFormat(format: FormatName, text: string): boolean {
  return text.length <= MAX_FORMATTED_LENGTH && testOf(fullFormats[format])(text);
}

function testOf(format: Format): (text: string) => boolean {
  if (typeof format === 'function') return format as (text: string) => boolean;
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format !== 'object' || format.async === true) throw new TypeError('no format of texts');
  const { validate } = format;
  return validate instanceof RegExp ? (text) => validate.test(text) : (validate as (text: string) => boolean);
}
