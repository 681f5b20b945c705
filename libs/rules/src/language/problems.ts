import type { z } from 'zod';

/** One fault of a rule: where, in JSON path notation from the value that was given (`$[0].when.and[1].op`), what, and the remedy. */
export interface RuleProblem {
  readonly path: string;
  readonly message: string;
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function at(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key);
  return PLAIN_KEY.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

/** A zod issue in our words: the described field's own description is the remedy. */
export function toProblem(issue: z.core.$ZodIssue, shape: z.ZodObject, value: object, path: string): RuleProblem {
  const fields = shape.shape as Readonly<Record<string, z.ZodType>>;
  const field = issue.path[0];
  if (issue.code === 'unrecognized_keys' && field === undefined) {
    const key = issue.keys[0]!;
    const known = Object.keys(fields);
    const meant = closest(key, known);
    const remedy = meant === undefined ? `remove it; known here are ${known.join(', ')}` : `did you mean ${meant}?`;
    return { path: at(path, key), message: `${JSON.stringify(key)} is unknown here; ${remedy}` };
  }
  const where = issue.path.reduce<string>(at, path);
  const description = field === undefined ? undefined : describe(fields[String(field)]);
  if (field !== undefined && !Object.hasOwn(value, field))
    return { path: where, message: `${String(field)} is missing; give ${description ?? 'it'}` };
  const key = issue.code === 'unrecognized_keys' ? `${JSON.stringify(issue.keys[0])} is unknown here` : plain(issue.message);
  return { path: where, message: `${key}; ${description === undefined ? 'correct it' : `give ${description}`}` };
}

/** The key that is at most two slips away. */
export function closest(text: string, known: readonly string[]): string | undefined {
  const near = known.map((name) => ({ name, slips: distance(text.toLowerCase(), name.toLowerCase()) }));
  const best = near.sort((a, b) => a.slips - b.slips)[0];
  return best !== undefined && best.slips <= Math.min(2, best.name.length - 1) ? best.name : undefined;
}

/** The description of the field, whether it stands inside or outside of `optional()`. */
function describe(field: z.ZodType | undefined): string | undefined {
  if (field === undefined) return undefined;
  const inner = (field as { unwrap?: () => unknown }).unwrap?.() as z.ZodType | undefined;
  return field.description ?? inner?.description;
}

function plain(message: string): string {
  return message.replace(/^Invalid (input|option|string|element|key): /, '').replace(/^Invalid input$/, 'is of another kind');
}

/** Edits between two short texts (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
