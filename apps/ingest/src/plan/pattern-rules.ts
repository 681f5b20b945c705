const MAX_PATTERN_LENGTH = 200;

/** Texts longer than this match no pattern: the cost of some patterns grows with a power of the length. */
export const MAX_MATCHED_LENGTH = 1_000;
/** A group that may be repeated at most so often is taken for fixed. */
const FEW_TIMES = 10;

interface Group {
  /** Holds an unbounded repetition or an alternative. */
  varies: boolean;
}

/**
 * Why a pattern may not judge every event, or null: longer than 200 characters, no regular expression, a back-reference, or a repeated group
 * that itself repeats or chooses, whose cost can grow exponentially. What is left can still cost a power of the text's length, so texts over
 * `MAX_MATCHED_LENGTH` are not matched.
 */
export function patternFault(pattern: string): string | null {
  if (pattern.length > MAX_PATTERN_LENGTH) return `has ${pattern.length} characters, the limit is ${MAX_PATTERN_LENGTH}`;
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `is no regular expression: ${error.message.replace(/^.*: /, '')}`;
  }
  if (/\\[1-9]|\\k</.test(pattern)) return 'refers back to a group: that can take very long';
  return repeatsVaryingGroup(pattern)
    ? 'repeats a group that itself repeats or chooses: that can take very long; write it without (…+)* or (a|b)*'
    : null;
}

function repeatsVaryingGroup(pattern: string): boolean {
  const groups: Group[] = [{ varies: false }];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    const group = groups.at(-1)!;
    if (char === '\\') i++;
    else if (char === '[') i = endOfClass(pattern, i);
    else if (char === '(') groups.push({ varies: false });
    else if (char === '|') group.varies = true;
    else if (char === ')') {
      groups.pop();
      if (group.varies && isUnbounded(pattern, i + 1)) return true;
      groups.at(-1)!.varies ||= group.varies;
    } else if (isUnbounded(pattern, i)) group.varies = true;
  }
  return false;
}

/** Index of the `]` that ends the class which begins at `at`. */
function endOfClass(pattern: string, at: number): number {
  let i = at + 1;
  while (i < pattern.length && pattern[i] !== ']') i += pattern[i] === '\\' ? 2 : 1;
  return i;
}

/** A quantifier at `at` that allows more than a few. */
function isUnbounded(pattern: string, at: number): boolean {
  if (pattern[at] === '*' || pattern[at] === '+') return true;
  const counted = /^\{\d+(,?)(\d*)\}/.exec(pattern.slice(at, at + 20));
  if (!counted) return false;
  const most = counted[1] === '' ? counted[0].slice(1, -1) : counted[2];
  return most === '' || Number(most) > FEW_TIMES;
}
