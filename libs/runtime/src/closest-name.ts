/** The name that `text` is one slip away from (a letter more, less, other, or two swapped), or equal to; else null. Short names never match. */
export function closestName(text: string, names: readonly string[]): string | null {
  return names.find((name) => name.length >= 8 && isOneSlip(text, name)) ?? names.find((name) => name === text) ?? null;
}

function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return x.length + y.length <= 2 || (x.length === 2 && x === y[1]! + y[0]!);
}
