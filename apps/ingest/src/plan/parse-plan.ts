import { isObject } from '../judge';
import {
  CALLS,
  MAX_EVENTS,
  invalid,
  readSchema,
  type Call,
  type JsonSchema,
  type PlanDocument,
  type PlanMode,
  type PlannedEvent,
  type ReadPlan,
} from './plan-document';
import { isRulesExport, readRulesExport } from './rules-export';
import { findUnsafeSchema } from './schema-rules';

const MAX_DOCUMENT_CHARS = 1024 * 1024;
/** Keeps compiling a plan below a few seconds. */
const MAX_PLAN_SCHEMAS = 20_000;
const MAX_NAME_LENGTH = 255;
const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const MODES: readonly unknown[] = ['allow', 'flag', 'block'] satisfies PlanMode[];
const MEMBERS = ['id', 'name', 'version', 'description', 'events', 'common', 'unplanned', '$schema'];
const EVENT_MEMBERS = ['type', 'name', 'description', 'schema'];

/** Identity of a plan whose file does not say it, as an export of Segment does not. */
export interface PlanDefaults {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: number | undefined;
}

/**
 * The plan in parsed JSON: this format, or the rules that Segment's Protocols and RudderStack export. Bounded: 1 MiB of JSON, 500 events,
 * schemas as `findUnsafeSchema` allows.
 * @throws PLAN_INVALID with the path of the fault, e.g. `events[3].schema.properties.properties.requird`
 */
export function parsePlan(value: unknown, defaults: PlanDefaults = {}): PlanDocument {
  if (!isObject(value)) throw invalid('', 'a plan is an object with id, version and events');
  const text = JSON.stringify(value);
  if (text.length > MAX_DOCUMENT_CHARS)
    throw invalid('', `the plan has ${text.length} characters of JSON, the limit is ${MAX_DOCUMENT_CHARS}`);
  // PostgreSQL's JSON cannot keep it.
  if (text.includes('\\u0000')) throw invalid('', 'the plan holds a NUL character');
  const plan = isRulesExport(value) ? readRulesExport(value) : readPlan(value);
  const id = readId(plan.value['id'] ?? defaults.id);
  const version = readVersion(plan.value['version'] ?? defaults.version);
  const name = readText(plan.value['name'] ?? defaults.name ?? id, 'name');
  const unplanned = plan.value['unplanned'] ?? 'allow';
  if (!MODES.includes(unplanned)) throw invalid('unplanned', 'must be allow, flag or block');
  const description = plan.value['description'];
  const common = plan.common?.schema;
  checkSchemas([...plan.entries.map(({ event, at }) => ({ schema: event.schema, at })), ...(plan.common ? [plan.common] : [])]);
  return {
    id,
    name,
    version,
    ...(description !== undefined && description !== '' && { description: readText(description, 'description') }),
    events: plan.entries.map(({ event }) => event),
    ...(common !== undefined && { common }),
    unplanned: unplanned as PlanMode,
  };
}

function readPlan(value: Record<string, unknown>): ReadPlan {
  refuseOthers(value, MEMBERS, '');
  const events = value['events'];
  if (!Array.isArray(events)) throw invalid('events', 'must be an array of events');
  if (events.length > MAX_EVENTS) throw invalid('events', `has ${events.length} entries, the limit is ${MAX_EVENTS}`);
  const entries = events.map((event: unknown, i) => ({ event: readEvent(event, `events[${i}]`), at: `events[${i}].schema` }));
  const seen = new Map<string, number>();
  entries.forEach(({ event }, i) => {
    const key = `${event.type} ${event.name ?? ''}`;
    const first = seen.get(key);
    if (first !== undefined) throw invalid(`events[${i}]`, `names the same events as events[${first}]`);
    seen.set(key, i);
  });
  const common = value['common'];
  return { value, entries, common: common === undefined ? undefined : { schema: readSchema(common, 'common'), at: 'common' } };
}

function readEvent(value: unknown, at: string): PlannedEvent {
  if (!isObject(value)) throw invalid(at, 'must be an object with type and schema');
  refuseOthers(value, EVENT_MEMBERS, at);
  const { type, name, description } = value;
  if (!(CALLS as readonly unknown[]).includes(type)) throw invalid(`${at}.type`, `must be one of ${CALLS.join(', ')}`);
  const isNamed = type === 'track' || type === 'page' || type === 'screen';
  if (name !== undefined && !isNamed) throw invalid(`${at}.name`, `${String(type)} calls have no name: leave it out`);
  return {
    type: type as Call,
    ...(name !== undefined && { name: readText(name, `${at}.name`) }),
    ...(description !== undefined && { description: readText(description, `${at}.description`, 10_000) }),
    schema: readSchema(value['schema'], `${at}.schema`),
  };
}

function checkSchemas(schemas: readonly { readonly schema: JsonSchema; readonly at: string }[]): void {
  let total = 0;
  for (const { schema, at } of schemas) {
    const found = findUnsafeSchema(schema);
    if ('fault' in found) throw invalid(`${at}${found.at}`, found.fault);
    total += found.schemas;
    if (total > MAX_PLAN_SCHEMAS) throw invalid(at, `the plan has over ${MAX_PLAN_SCHEMAS} schemas: split it`);
  }
}

function readId(value: unknown): string {
  if (value === undefined) throw invalid('id', 'is missing: give the plan a name of lower-case letters, digits and dashes');
  if (typeof value !== 'string' || !ID.test(value)) throw invalid('id', 'must be up to 64 lower-case letters, digits and dashes');
  return value;
}

function readVersion(value: unknown): number {
  if (value === undefined) throw invalid('version', 'is missing: give a whole number from 1');
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 1_000_000)
    throw invalid('version', 'must be a whole number from 1');
  return value as number;
}

function readText(value: unknown, at: string, maxLength = MAX_NAME_LENGTH): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxLength)
    throw invalid(at, `must be text of 1 to ${maxLength} characters`);
  return value;
}

function refuseOthers(value: Record<string, unknown>, known: readonly string[], at: string): void {
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) throw invalid(at === '' ? other : `${at}.${other}`, `is not known; use ${known.join(', ')}`);
}
