/** Remembers the last results of a pure function: at least `entries`, at most twice as many. */
export function cached<T>(entries: number, compute: (key: string) => T): (key: string) => T {
  let young = new Map<string, T>();
  // What is used again moves to the young ones; the rest goes with its generation.
  let old = new Map<string, T>();
  return (key) => {
    let value = young.get(key);
    if (value !== undefined) return value;
    value = old.get(key) ?? compute(key);
    if (young.size >= entries) [old, young] = [young, new Map()];
    young.set(key, value);
    return value;
  };
}
