const SHOWN = 5;
const SCORE_TOLERANCE = 1e-6;

/** One line for each of the first keys that differ, and a count of the others; empty when all are the same. */
export function differences(here: ReadonlyMap<string, unknown>, there: ReadonlyMap<string, unknown>): string[] {
  const keys = [...new Set([...here.keys(), ...there.keys()])].sort();
  const found = keys.filter((key) => !isSame(here.get(key), there.get(key)));
  const lines = found.slice(0, SHOWN).map((key) => `${key}: ${firstDifference(here.get(key), there.get(key), '')}`);
  return found.length > SHOWN ? [...lines, `and ${found.length - SHOWN} more of ${keys.length}`] : lines;
}

/** Numbers to 1e-6, everything else exactly. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= SCORE_TOLERANCE;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key) => isSame(fieldOf(a, key), fieldOf(b, key)));
}

function firstDifference(a: unknown, b: unknown, path: string): string {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const key = Object.keys({ ...a, ...b }).find((name) => !isSame(fieldOf(a, name), fieldOf(b, name)));
    if (key !== undefined) return firstDifference(fieldOf(a, key), fieldOf(b, key), `${path}.${key}`);
  }
  return `${path || 'it'} is ${JSON.stringify(a)} here and ${JSON.stringify(b)} there`;
}

function fieldOf(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
