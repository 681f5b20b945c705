import { deterministicId, type Event, type Violation } from '@tradewind/contracts';
import type { ErrorObject } from 'ajv';
import type { Call, PlanMode } from './plan-document';

/** Segment's names of what can be wrong. */
export type ViolationType = 'Required' | 'Invalid Type' | 'Invalid Value' | 'Unplanned Property' | 'Unplanned Event';

/** One way in which an event departs from a plan. Tells names and types, never the values of the event. */
export interface Finding {
  readonly type: ViolationType;
  /** E.g. `properties.products[0].price`; '' for the event as a whole. */
  readonly field: string;
  readonly description: string;
}

/** More departures of one event are not told: they have one cause. */
export const MAX_FINDINGS = 20;
const MAX_FIELD_LENGTH = 255;
const MAX_SHOWN_VALUES = 10;

type Params = Readonly<Record<string, unknown>>;

/** Keywords that only say that something below them, or beside them, is wrong. */
const ECHOES = new Set(['if', 'dependentSchemas']);
const UNIONS = new Set(['anyOf', 'oneOf']);

/** What ajv found in `value`, in order, at most `MAX_FINDINGS`, each once. Of a union only that nothing of it fits is told. */
export function toFindings(errors: readonly ErrorObject[], value: unknown): Finding[] {
  const unions = errors.filter(({ keyword }) => UNIONS.has(keyword)).map(({ schemaPath }) => `${schemaPath}/`);
  const found = new Map<string, Finding>();
  for (const error of errors) {
    if (found.size >= MAX_FINDINGS) break;
    if (ECHOES.has(error.keyword) || unions.some((union) => error.schemaPath.startsWith(union))) continue;
    const finding = toFinding(error, value);
    found.set(`${finding.type} ${finding.field} ${finding.description}`, finding);
  }
  return [...found.values()];
}

/** The one finding of an event that the plan does not name. */
export function unplannedEvent(call: Call, name: string): Finding {
  const what = name === '' ? `${call} calls` : `the ${call} call "${name}"`;
  return { type: 'Unplanned Event', field: '', description: `${what} ${name === '' ? 'are' : 'is'} not in the plan` };
}

/** The same finding of the same event gives the same record, id included. */
export function toViolation(
  finding: Finding,
  about: {
    readonly event: Event;
    readonly call: Call;
    readonly plan: { readonly id: string; readonly version: number };
    readonly mode: PlanMode;
  },
): Violation {
  const { event, call, plan, mode } = about;
  const { sourceId, messageId, userKey, name, occurredAtMs, receivedAtMs } = event;
  const { type, field, description } = finding;
  return {
    violationId: deterministicId(sourceId, messageId, plan.id, plan.version, type, field, description),
    sourceId,
    messageId,
    userKey,
    eventType: call,
    eventName: name,
    planId: plan.id,
    planVersion: String(plan.version),
    mode,
    field,
    violationType: type,
    description,
    occurredAtMs,
    receivedAtMs,
  };
}

function toFinding({ keyword, instancePath, params }: ErrorObject, value: unknown): Finding {
  const at = fieldOf(instancePath, value);
  const given = params as Params;
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
    case 'dependencies':
      return about('Required', join(at, String(given['missingProperty'])), 'is required');
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return about(
        'Unplanned Property',
        join(at, String(given['additionalProperty'] ?? given['unevaluatedProperty'])),
        'is not in the plan',
      );
    case 'propertyNames':
      return about('Unplanned Property', join(at, String(given['propertyName'])), 'has a name that the plan does not allow');
    case 'type':
      return about(
        'Invalid Type',
        at,
        `must be ${[given['type']].flat().map(String).join(' or ')}, is ${typeOf(valueAt(instancePath, value))}`,
      );
    default:
      return about('Invalid Value', at, rule(keyword, given));
  }
}

function about(type: ViolationType, field: string, what: string): Finding {
  return { type, field, description: `${field === '' ? 'the event' : field} ${what}` };
}

const RULES: Readonly<Record<string, (params: Params) => string>> = {
  enum: ({ allowedValues }) => `must be one of ${shown(allowedValues as readonly unknown[])}`,
  const: ({ allowedValue }) => `must be ${shown([allowedValue])}`,
  format: ({ format }) => `is no ${String(format)}`,
  pattern: ({ pattern }) => `does not match ${String(pattern)}`,
  minimum: ({ comparison, limit }) => `must be ${String(comparison)} ${String(limit)}`,
  multipleOf: ({ multipleOf }) => `must be a multiple of ${String(multipleOf)}`,
  minLength: ({ limit }) => `must have at least ${String(limit)} characters`,
  maxLength: ({ limit }) => `must have at most ${String(limit)} characters`,
  minItems: ({ limit }) => `must have at least ${String(limit)} items`,
  maxItems: ({ limit }) => `must have at most ${String(limit)} items`,
  minProperties: ({ limit }) => `must have at least ${String(limit)} properties`,
  maxProperties: ({ limit }) => `must have at most ${String(limit)} properties`,
  uniqueItems: ({ i, j }) => `has the same item at ${String(j)} and ${String(i)}`,
  anyOf: () => 'has none of the forms that the plan allows',
  oneOf: () => 'must have exactly one of the forms that the plan allows',
  not: () => 'has a form that the plan forbids',
  contains: () => 'does not contain what the plan asks for',
  'false schema': () => 'is not allowed',
};

function rule(keyword: string, params: Params): string {
  const describe = RULES[/^(exclusive)?(maximum|minimum)$/i.test(keyword) ? 'minimum' : keyword];
  return describe === undefined ? `breaks the rule "${keyword}"` : describe(params);
}

function shown(values: readonly unknown[]): string {
  const texts = values.slice(0, MAX_SHOWN_VALUES).map((each) => JSON.stringify(each));
  return values.length > MAX_SHOWN_VALUES ? `${texts.join(', ')}, …` : texts.join(', ');
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Keys from a JSON pointer. */
function keysOf(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(pointer: string, value: unknown): unknown {
  return keysOf(pointer).reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
}

function fieldOf(pointer: string, value: unknown): string {
  let at: unknown = value;
  let field = '';
  for (const key of keysOf(pointer)) {
    field = Array.isArray(at) ? `${field}[${key}]` : join(field, key);
    at = (at as Record<string, unknown> | undefined)?.[key];
  }
  return field;
}

/** Names of the client's making may be of any length and hold anything. */
function join(field: string, name: string): string {
  const plain = /^[\w$ -]+$/.test(name);
  const joined = plain ? (field === '' ? name : `${field}.${name}`) : `${field}[${JSON.stringify(name)}]`;
  return joined.length <= MAX_FIELD_LENGTH ? joined : `${joined.slice(0, MAX_FIELD_LENGTH - 1)}…`;
}
