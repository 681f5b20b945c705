const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DURATION = /^([1-9]\d{0,8})([smhdw])$/;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Milliseconds of `90s`, `30m`, `1h`, `7d`, `2w`; a day has 24 hours. `undefined` when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  return match === null ? undefined : Number(match[1]) * UNIT_MS[match[2]!]!;
}

/** Epoch milliseconds of an ISO 8601 date or date and time; without an offset it is UTC. `undefined` when the text is none. */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const timeMs = Date.parse(match[1] === undefined || match[4] !== undefined ? text : `${text}Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** The largest unit that divides it: `7d`, not `168h`. Never a week, so that people compare like with like. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm'] as const) if (ms % UNIT_MS[unit]! === 0) return `${ms / UNIT_MS[unit]!}${unit}`;
  return `${Math.ceil(ms / 1000)}s`;
}

export function formatTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
