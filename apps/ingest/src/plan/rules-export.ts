import { isObject } from '../judge';
import { CALLS, MAX_EVENTS, invalid, readSchema, type Call, type PlannedEvent, type ReadPlan } from './plan-document';

/**
 * Plans as others export them, each event with a JSON Schema over the whole event:
 * Segment Protocols and RudderStack `{name | display_name, rules: {events: [{name, version, rules}], identify, group, page, screen, global}}`;
 * Segment's public API `{name, rules: [{key, type: "TRACK", version, jsonSchema}]}`.
 * @see https://docs.segmentapis.com/tag/Tracking-Plans
 */
export function isRulesExport(value: Readonly<Record<string, unknown>>): boolean {
  return value['rules'] !== undefined && value['events'] === undefined;
}

interface Rule {
  /** `common` is over every event. */
  readonly type: string;
  readonly name: unknown;
  readonly version: unknown;
  readonly description: unknown;
  readonly schema: unknown;
  readonly at: string;
}

/** Of several versions of an event the highest counts. @throws PLAN_INVALID */
export function readRulesExport(value: Readonly<Record<string, unknown>>): ReadPlan {
  const { id, name, display_name, version, description, unplanned } = value;
  const rules = Array.isArray(value['rules']) ? listedRules(value['rules']) : groupedRules(value['rules']);
  if (rules.length > MAX_EVENTS) throw invalid('rules', `has ${rules.length} entries, the limit is ${MAX_EVENTS}`);
  const newest = new Map<string, Rule>();
  for (const rule of rules) {
    const key = `${rule.type} ${String(rule.name ?? '')}`;
    const other = newest.get(key);
    if (other === undefined || numberOf(rule.version) > numberOf(other.version)) newest.set(key, rule);
  }
  const common = newest.get('common ');
  const entries = [...newest.values()].filter(({ type }) => type !== 'common').map((rule) => ({ event: toEvent(rule), at: rule.at }));
  return {
    // Ids of theirs, such as tp_2rFi…, are no ids here.
    value: {
      id: typeof id === 'string' && /^[a-z0-9-]+$/.test(id) ? id : undefined,
      name: name ?? display_name,
      version,
      description,
      unplanned,
    },
    entries,
    common: common && { schema: readSchema(common.schema, common.at), at: common.at },
  };
}

function groupedRules(rules: unknown): Rule[] {
  if (!isObject(rules)) throw invalid('rules', 'must be an object with events');
  const events: unknown = rules['events'] ?? [];
  if (!Array.isArray(events)) throw invalid('rules.events', 'must be an array of events');
  const tracked = events.map((event: unknown, i): Rule => {
    const at = `rules.events[${i}]`;
    if (!isObject(event)) throw invalid(at, 'must be an object with name and rules');
    const { name, version, description } = event;
    return { type: 'track', name, version, description, schema: event['rules'], at: `${at}.rules` };
  });
  const others = [...CALLS, 'global'].filter((member) => isObject(rules[member]));
  return [
    ...tracked,
    ...others.map((member): Rule => {
      const type = member === 'global' ? 'common' : member;
      return { type, name: undefined, version: 1, description: undefined, schema: rules[member], at: `rules.${member}` };
    }),
  ];
}

function listedRules(rules: readonly unknown[]): Rule[] {
  return rules.map((rule, i): Rule => {
    const at = `rules[${i}]`;
    if (!isObject(rule)) throw invalid(at, 'must be an object with type, key and jsonSchema');
    const { type, key, version, jsonSchema } = rule;
    return {
      type: String(type).toLowerCase(),
      name: key ?? undefined,
      version,
      description: undefined,
      schema: jsonSchema,
      at: `${at}.jsonSchema`,
    };
  });
}

function toEvent({ type, name, description, schema, at }: Rule): PlannedEvent {
  if (!(CALLS as readonly string[]).includes(type)) throw invalid(at, `belongs to calls of type "${type}"; known are ${CALLS.join(', ')}`);
  const isNamed = type === 'track' || type === 'page' || type === 'screen';
  if (type === 'track' && (typeof name !== 'string' || name === '')) throw invalid(at, 'has no event name');
  return {
    type: type as Call,
    ...(isNamed && typeof name === 'string' && name !== '' && { name }),
    ...(typeof description === 'string' && description !== '' && { description }),
    schema: readSchema(schema, at),
  };
}

function numberOf(version: unknown): number {
  return typeof version === 'number' ? version : 0;
}
