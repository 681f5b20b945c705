import { isIP } from 'node:net';
import { AppError } from '@tradewind/contracts';
import { z } from 'zod';

/** Upper bounds that keep one source's settings from slowing every event of it. */
const MAX_PATHS = 100;
const MAX_CIDRS = 1_000;
const MAX_PURPOSES = 100;

const mode = (description: string) => z.enum(['allow', 'flag', 'block']).describe(description);
const purpose = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'not a purpose')
  .describe('a purpose: lower-case letters, digits, _ and -, e.g. analytics, personalization, advertising');
const payloadPath = z
  .string()
  .max(255, 'too long')
  .regex(/^(properties|traits|context)(\.[^.\s]+)*$/, 'not a path into the payload')
  .describe('a path such as traits.email or properties.products.*.name, that begins with properties, traits or context');
const hashPath = z
  .string()
  .max(255, 'too long')
  .regex(/^(userId|anonymousId|groupId|(properties|traits|context)(\.[^.\s]+)+)$/, 'not a path to a value')
  .describe('userId, anonymousId, groupId, or a path such as traits.email or properties.products.*.name');
const cidr = z.string().refine(isCidr, 'not an address range').describe('an address range such as 10.0.0.0/8 or 2001:db8::/32');

const SCHEMA = z.strictObject({
  plan: z
    .strictObject({
      id: z.string().min(1).max(64).describe('the name of a stored tracking plan'),
      version: z.int().min(1).describe('a whole number from 1'),
      mode: mode('what becomes of events that break the plan: allow, flag or block').default('flag'),
    })
    .optional()
    .describe('{"id", "version", "mode"}'),
  unplannedEvents: mode('what becomes of events that the plan does not name, if not what the plan says: allow, flag or block').optional(),
  consent: z
    .strictObject({
      required: z.boolean().describe('true or false; true drops events that tell no consent').default(false),
      categories: z
        .record(z.string().min(1).max(255), purpose)
        .describe('{"<category or consent id of the client>": "<purpose>"}')
        .default({}),
      gpcDenies: z.array(purpose).max(MAX_PURPOSES).describe('the purposes that Global Privacy Control refuses').default(['advertising']),
    })
    .prefault({})
    .describe('{"required", "categories", "gpcDenies"}'),
  ip: z.enum(['keep', 'truncate', 'drop']).describe('keep, truncate (IPv4 to /24, IPv6 to /48) or drop').default('truncate'),
  hashFields: z.array(hashPath).max(MAX_PATHS).describe('a list of paths').default([]),
  dropFields: z.array(payloadPath).max(MAX_PATHS).describe('a list of paths').default([]),
  rejected: z
    .enum(['keep', 'redact', 'drop'])
    .describe('what is stored of rejected events: keep (their bytes), redact (only that there was one, and why) or drop (nothing)')
    .default('keep'),
  rateLimit: z
    .strictObject({
      eventsPerSecond: z.number().positive().max(1e9).describe('events per second, above 0'),
      burst: z.int().min(1).max(1e9).describe('events at once, a whole number from 1'),
    })
    .optional()
    .describe('{"eventsPerSecond", "burst"}'),
  bots: z.enum(['off', 'mark', 'drop']).describe('off, mark or drop').default('mark'),
  internal: z
    .strictObject({
      cidrs: z.array(cidr).max(MAX_CIDRS).describe('a list of address ranges'),
      action: z.enum(['mark', 'drop']).describe('mark or drop').default('mark'),
    })
    .optional()
    .describe('{"cidrs", "action"}'),
});

/** What a source wishes done with its events; `{}` in the database means every default. Purposes are lower-case names. */
export type SourceSettings = z.output<typeof SCHEMA>;

/** What a source has that set nothing: addresses cut, crawlers marked, GPC refuses advertising, nothing else changed. */
export const DEFAULT_SETTINGS: SourceSettings = SCHEMA.parse({});

/**
 * What a source gets whose stored settings cannot be read and never could: only events that tell consent to analytics, without address and
 * payload, and nothing of rejected ones. Which fields it meant to hide is not known, so all are.
 */
export const STRICTEST_SETTINGS: SourceSettings = SCHEMA.parse({
  consent: { required: true, gpcDenies: ['advertising', 'personalization'] },
  ip: 'drop',
  dropFields: ['properties', 'traits', 'context'],
  rejected: 'drop',
});

/**
 * The settings that `stored` (JSON) says, with defaults for what it leaves out.
 * @throws CONFIG_INVALID with a line per wrong setting: its path, its value and what it may be
 */
export function parseSourceSettings(stored: unknown): SourceSettings {
  const result = SCHEMA.safeParse(stored);
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) => describeIssue(issue, stored));
  const count = lines.length === 1 ? '1 setting of the source is wrong' : `${lines.length} settings of the source are wrong`;
  throw new AppError('CONFIG_INVALID', [count, ...lines].join('\n  '));
}

function describeIssue(issue: z.core.$ZodIssue, stored: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(shapeAt(issue.path)).join(', ');
    return issue.keys.map((key) => `${pathText([...issue.path, key])} is not a setting; use ${known}`);
  }
  const path = pathText(issue.path);
  const remedy = remedyAt(issue.path);
  const value = valueAt(stored, issue.path);
  if (value === undefined) return [`${path} is missing: set it to ${remedy}`];
  return [`${path} is ${shown(value)}: set it to ${remedy}`];
}

function pathText(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'settings' : path.map(String).join('.');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}

function valueAt(stored: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value === null || value === undefined ? undefined : (value as Record<PropertyKey, unknown>)[key]),
    stored,
  );
}

/** What a value at `path` may be: the description of the innermost schema there that has one. */
function remedyAt(path: readonly PropertyKey[]): string {
  let schema: z.core.$ZodType = SCHEMA;
  let remedy = 'an object of settings';
  for (const key of path) {
    const inner = childOf(schema, key);
    if (inner === undefined) break;
    remedy = descriptionOf(inner) ?? remedy;
    schema = inner;
  }
  return remedy;
}

function descriptionOf(schema: z.core.$ZodType): string | undefined {
  return z.globalRegistry.get(schema)?.description ?? z.globalRegistry.get(unwrap(schema))?.description;
}

function shapeAt(path: readonly PropertyKey[]): z.core.$ZodShape {
  const schema = path.reduce<z.core.$ZodType>((outer, key) => childOf(outer, key) ?? outer, SCHEMA);
  const object = unwrap(schema);
  return object instanceof z.ZodObject ? object.shape : SCHEMA.shape;
}

function childOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  const outer = unwrap(schema);
  if (outer instanceof z.ZodObject) return outer.shape[String(key)] as z.core.$ZodType | undefined;
  if (outer instanceof z.ZodArray) return outer.element;
  return outer instanceof z.ZodRecord ? outer.valueType : undefined;
}

/** The schema inside optional, default and prefault. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) inner = inner.unwrap();
  return inner;
}

function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  const family = isIP(slash < 0 ? '' : text.slice(0, slash));
  const bits = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Infinity;
  return family !== 0 && bits <= (family === 4 ? 32 : 128);
}
