/**
 * Every way a request, an event or a dependency can be wrong. Codes are stable: clients, dead letters and dashboards
 * match on them, so a code is never renamed or reused.
 */
export const ERROR_CODES = [
  // input
  'JSON_MALFORMED',
  'WRITE_KEY_MISSING',
  'WRITE_KEY_UNKNOWN',
  'IDENTITY_MISSING',
  'EVENT_TYPE_UNKNOWN',
  'EVENT_INVALID',
  'EVENT_TOO_LARGE',
  'EVENT_BLOCKED',
  'SCOPE_MISSING',
  'RATE_LIMITED',
  'POST_INVALID',
  'PLAN_INVALID',
  'RULE_INVALID',
  'REQUEST_TOO_LARGE',
  'ENCODING_UNSUPPORTED',
  'RECORD_CORRUPT',
  'FILE_INVALID',
  // start
  'CONFIG_INVALID',
  'PORT_IN_USE',
  'DATA_DIR_LOCKED',
  'TOPIC_MISMATCH',
  'MIGRATION_FAILED',
  // dependencies
  'LOG_UNAVAILABLE',
  'STATE_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
  'OVERLOADED',
  'SHUTTING_DOWN',
  // state
  'STATE_CONFLICT',
  'STATE_CORRUPT',
  // models
  'MODEL_NOT_FOUND',
  'MODEL_CHECKSUM_MISMATCH',
  'MODEL_MANIFEST_MISMATCH',
  'MODEL_CORRUPT',
  // other
  'NOT_FOUND',
  'HANDLER_FAILED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** True when the same attempt may succeed later without anyone changing anything. @default false */
  readonly retryable?: boolean;
  /** Small JSON facts for logs; never payloads or secrets. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** The one error type that crosses a library's edge. The message says what was attempted and names the thing. */
export class AppError extends Error {
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** True when retrying may help: only an `AppError` that says so; anything else is a bug. */
export function isRetryable(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}

/** One line for logs: code, message and the chain of causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const head = error instanceof AppError ? `${error.code}: ${error.message}` : `${error.name}: ${error.message}`;
  return error.cause === undefined ? head : `${head} ← ${describeError(error.cause)}`;
}
