import { AppError } from '@tradewind/contracts';
import { isSecretName, redactText, REDACTED } from '@tradewind/observability';
import { z } from 'zod';
import { closestName } from './closest-name';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process: read here and nowhere else. */
export function processEnvironment(): Environment {
  return process.env;
}

/**
 * The settings that `schema` names, typed, from the environment. An empty value counts as unset. A setting's `.describe()`
 * text is its remedy.
 * @throws CONFIG_INVALID that lists every wrong or missing setting with its name, its value (redacted when secret) and the
 * remedy, and names that look like a misspelt setting.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Environment = processEnvironment()): z.output<S> {
  const known = Object.keys(schema.shape);
  const given = Object.fromEntries(known.filter((name) => env[name] !== undefined && env[name] !== '').map((name) => [name, env[name]]));
  const result = schema.safeParse(given);
  const problems = [
    ...misspelt(known, env),
    ...(result.success ? [] : result.error.issues.map((issue) => describeIssue(schema, given, issue))),
  ];
  if (result.success && problems.length === 0) return result.data;
  const count = problems.length === 1 ? '1 setting is wrong' : `${problems.length} settings are wrong`;
  throw new AppError('CONFIG_INVALID', [count, ...problems].join('\n  '), { details: { problems: problems.length } });
}

/** Names that start with TRADEWIND_ although `known` has no such setting: most likely left over or misspelt. */
export function unknownSettings(known: readonly string[], env: Environment = processEnvironment()): string[] {
  return Object.keys(env).filter((name) => name.startsWith('TRADEWIND_') && !known.includes(name));
}

function describeIssue(schema: z.ZodObject, given: Readonly<Record<string, string | undefined>>, issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0] ?? 'settings');
  const description = (schema.shape[name] as z.ZodType | undefined)?.description;
  const remedy = description === undefined ? '' : `; set it to ${description}`;
  const value = given[name];
  if (value === undefined) return issue.path.length === 0 ? issue.message : `${name} is missing${remedy}`;
  return `${name}=${shown(name, value)} is wrong: ${issue.message}${remedy}`;
}

function shown(name: string, value: string): string {
  return isSecretName(name) ? REDACTED : JSON.stringify(redactText(value));
}

/** A set name one slip away from a known setting that is unset, or a known setting under a TRADEWIND_ prefix. */
function misspelt(known: readonly string[], env: Environment): string[] {
  const unset = known.filter((name) => env[name] === undefined);
  return Object.keys(env)
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = closestName(name.replace(/^TRADEWIND_/, ''), unset) ?? closestName(name, unset);
      return meant === null ? [] : [`${name} is not a setting; did you mean ${meant}?`];
    });
}

/** A whole number in [min, max]. */
export function integerSetting(min: number, max: number) {
  return z.coerce.number({ error: 'not a number' }).int('not a whole number').min(min, `below ${min}`).max(max, `above ${max}`);
}

/** A number in [min, max]. */
export function numberSetting(min: number, max: number) {
  return z.coerce.number({ error: 'not a number' }).min(min, `below ${min}`).max(max, `above ${max}`);
}

/** A URL with one of these schemes, e.g. `['redis', 'rediss']`, or several separated by commas. */
export function urlSetting(schemes: readonly string[]) {
  const expected = `not a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const isOne = (text: string) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1));
  return z.string().refine((text) => text.split(/,(?=\w+:\/\/)/).every(isOne), expected);
}

/** Comma-separated, without empty entries; at least one. */
export function listSetting(entry: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(entry).min(1, 'an empty list'));
}
