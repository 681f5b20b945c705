import { z } from 'zod';
import { AGGREGATES, EVENT_FIELDS, ITEM_FIELDS, OPS, SELECTABLE_TYPES, VALUE_FIELDS, type Condition, type Filter, type Rule } from './rule';

export const LIMITS = {
  rules: 1000,
  conditionsPerRule: 200,
  depth: 20,
  operands: 1000,
  users: 10_000,
  eventNames: 100,
  filters: 20,
  steps: 10,
  /** Largest count or distinct count that may be compared in a window or of distinct values. */
  count: 1000,
} as const;

const path = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.split('.').every((part) => part !== ''), 'has an empty part');
const scalar = z.union([z.string().max(1000), z.number(), z.boolean()]);
const operand = z.union([scalar, z.array(scalar).min(1).max(LIMITS.operands)]);
const name = z.string().min(1).max(255);
const duration = z.string().regex(/^[1-9]\d{0,8}[smhdw]$/, 'is no duration');

const ruleId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'is no rule id');
const op = z.enum(OPS).describe(`one of ${OPS.join(', ')}`);
const value = operand.describe('text, a number, true or false, or a list of them for in, notIn and between');
const within = duration.describe('a duration such as "90s", "30m", "1h", "7d" or "2w"');

const predicate = { op, value: value.optional() };
const valueRef = z
  .union([z.strictObject({ property: path }), z.strictObject({ field: z.enum(VALUE_FIELDS) })])
  .describe(`{"property": "path"} or {"field": one of ${VALUE_FIELDS.join(', ')}}`);

const selector = (filter: z.ZodType) => ({
  event: z
    .union([name, z.array(name).min(1).max(LIMITS.eventNames)])
    .describe(`an event name, a list of up to ${LIMITS.eventNames}, or "*" for any`),
  type: z
    .enum(SELECTABLE_TYPES)
    .describe(`one of ${SELECTABLE_TYPES.join(', ')}`)
    .optional(),
  where: z.array(filter).max(LIMITS.filters).describe(`a list of up to ${LIMITS.filters} filters, all of which must hold`).optional(),
});

/** The shape of each kind of filter by the key that tells it, with filters inside it left to `filter`. */
export const filterShapes = (filter: z.ZodType) => ({
  property: z.strictObject({ property: path.describe('the path of a property, e.g. "category" or "shipping.method"'), ...predicate }),
  field: z.strictObject({ field: z.enum(EVENT_FIELDS).describe(`one of ${EVENT_FIELDS.join(', ')}`), ...predicate }),
  items: z.strictObject({
    items: z.enum(['any', 'all']).describe('"any" or "all"'),
    where: z
      .array(z.strictObject({ field: z.enum(ITEM_FIELDS).describe(`one of ${ITEM_FIELDS.join(', ')}`), ...predicate }))
      .min(1)
      .max(LIMITS.filters)
      .describe(`a list of {"field": ${ITEM_FIELDS.join(' | ')}, "op", "value"}`),
  }),
  and: z.strictObject({ and: z.array(filter).min(1).max(LIMITS.filters).describe('a list of filters') }),
  or: z.strictObject({ or: z.array(filter).min(1).max(LIMITS.filters).describe('a list of filters') }),
  not: z.strictObject({ not: filter.describe('a filter') }),
});

/** The shape of each kind of condition by the key that tells it, with conditions and filters inside it left to the arguments. */
export const conditionShapes = (condition: z.ZodType, filter: z.ZodType) => ({
  everyone: z.strictObject({ everyone: z.literal(true).describe('true') }),
  and: z.strictObject({ and: z.array(condition).min(1).max(LIMITS.conditionsPerRule).describe('a list of conditions') }),
  or: z.strictObject({ or: z.array(condition).min(1).max(LIMITS.conditionsPerRule).describe('a list of conditions') }),
  not: z.strictObject({ not: condition.describe('a condition') }),
  segment: z.strictObject({ segment: ruleId.describe('the id of a rule of this set') }),
  users: z.strictObject({
    users: z.array(z.string().min(1).max(400)).min(1).max(LIMITS.users).describe(`a list of up to ${LIMITS.users} user keys`),
  }),
  rollout: z.strictObject({
    rollout: z
      .strictObject({ percent: z.number().min(0).max(100), salt: z.string().min(1).max(100).optional() })
      .describe('{"percent": 0 to 100, "salt": text}'),
  }),
  trait: z.strictObject({ trait: path.describe('the path of a trait, e.g. "plan" or "address.country"'), ...predicate }),
  event: z.strictObject({
    ...selector(filter),
    aggregate: z
      .enum(AGGREGATES)
      .describe(`one of ${AGGREGATES.join(', ')}`)
      .optional(),
    of: valueRef.optional(),
    op: op.optional(),
    value: value.optional(),
    within: within.optional(),
    notWithin: within.optional(),
    between: z.tuple([z.string(), z.string()]).describe('two ISO 8601 dates, the second after the first').optional(),
  }),
  sequence: z.strictObject({
    sequence: z
      .array(
        z.strictObject({
          ...selector(filter),
          within: within.optional(),
          absent: z.enum(['within', 'since']).describe('"within" or "since"').optional(),
        }),
      )
      .min(2)
      .max(LIMITS.steps)
      .describe(`a list of 2 to ${LIMITS.steps} steps`),
    within: within.optional(),
  }),
});

export const ruleShape = (condition: z.ZodType) =>
  z.strictObject({
    id: ruleId.describe('1 to 100 letters, digits, ".", "_" or "-", beginning with a letter or digit'),
    name: z.string().min(1).max(200).describe('1 to 200 characters'),
    description: z.string().max(2000).describe('up to 2000 characters').optional(),
    when: condition.describe('a condition'),
  });

const anyOf = (shapes: Readonly<Record<string, z.ZodType>>) => z.union(Object.values(shapes));
const filter: z.ZodType<Filter> = z.lazy(() => anyOf(filterShapes(filter)) as z.ZodType<Filter>).meta({ id: 'Filter' });
const condition: z.ZodType<Condition> = z
  .lazy(() => anyOf(conditionShapes(condition, filter)) as z.ZodType<Condition>)
  .meta({ id: 'Condition' });
const ruleSet = z.array(ruleShape(condition).meta({ id: 'Rule' })).max(LIMITS.rules) as unknown as z.ZodType<Rule[]>;

/** JSON Schema (draft 2020-12) of a list of rules, for editors. It knows the shapes; `validateRules` also knows what makes sense. */
export function rulesJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(ruleSet) as Record<string, unknown>;
}
