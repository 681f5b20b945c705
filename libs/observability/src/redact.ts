import { AppError } from '@tradewind/contracts';

/** What a value became after redaction: plain JSON, small, without secrets. */
export type Redacted = string | number | boolean | null | readonly Redacted[] | { readonly [name: string]: Redacted };

export const REDACTED = '[redacted]';

const MAX_DEPTH = 5;
const MAX_ENTRIES = 50;
const MAX_TEXT = 2_000;

/** Ends of field names, lower case without separators, whose value is a secret or a person's data. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'writekey',
  'writekeys',
  'accesskey',
  'hashkey',
  'privatekey',
  'credential',
  'credentials',
  'connectionstring',
  'email',
  'phone',
];

/** Names of what is too large or too personal to log whole; the log tells its size instead. */
const WHOLE_NAMES = ['payload', 'payloadjson', 'prompt', 'body', 'rawbody'];

/** True when a field of this name, in any spelling (`redisPassword`, `x-api-key`), must never be logged. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_NAMES.some((secret) => plain.endsWith(secret));
}

/**
 * Text without credentials: user info of URLs, `Bearer`/`Basic` values and secret query parameters or assignments are
 * replaced, and what is longer than 2,000 characters is cut.
 */
export function redactText(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  return cut
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s?#]*@/gi, `$1${REDACTED}@`)
    .replace(/\b(bearer|basic)\s+[\w+/=.~-]{4,}/gi, `$1 ${REDACTED}`)
    .replace(/([\w.-]+)=([^\s&;,"']+)/g, (whole, name: string) => (isSecretName(name) ? `${name}=${REDACTED}` : whole));
}

/**
 * The only way a value reaches the log: secrets are replaced by field name, credentials in text are cut out, bytes become
 * their length, errors become code, message and causes, and depth (5), entries (50) and text (2,000) are bounded.
 * Never throws, whatever the value.
 */
export function redact(value: unknown): Redacted {
  return redactValue(value, 0, new Set());
}

function redactValue(value: unknown, depth: number, parents: ReadonlySet<object>): Redacted {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return typeof value === 'function' ? '[function]' : String(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (parents.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deeper]';
  const chain = new Set(parents).add(value);
  if (isError(value)) return redactError(value, depth, chain);
  if (Array.isArray(value) || value instanceof Set) return redactItems([...value], depth, chain);
  return redactFields(value instanceof Map ? Object.fromEntries(value) : value, depth, chain);
}

/** Also true for errors of another realm (workers, Jest's sandbox). */
function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function redactItems(items: readonly unknown[], depth: number, parents: ReadonlySet<object>): Redacted {
  const kept = items.slice(0, MAX_ENTRIES).map((item) => redactValue(item, depth + 1, parents));
  return items.length > MAX_ENTRIES ? [...kept, `… (${items.length} items)`] : kept;
}

function redactFields(fields: object, depth: number, parents: ReadonlySet<object>): Redacted {
  const names = Object.keys(fields);
  const kept: Record<string, Redacted> = {};
  for (const name of names.slice(0, MAX_ENTRIES)) {
    const value = readField(fields, name);
    if (value !== undefined) kept[name] = redactField(name, value, depth, parents);
  }
  if (names.length > MAX_ENTRIES) kept['…'] = `${names.length} fields`;
  return kept;
}

function readField(fields: object, name: string): unknown {
  try {
    return (fields as Record<string, unknown>)[name];
  } catch (error) {
    return `[getter threw ${error instanceof Error ? error.name : typeof error}]`;
  }
}

function redactField(name: string, value: unknown, depth: number, parents: ReadonlySet<object>): Redacted {
  if (isSecretName(name)) return REDACTED;
  const isWhole = WHOLE_NAMES.includes(name.toLowerCase());
  if (isWhole && typeof value === 'string') return `[${value.length} characters]`;
  if (isWhole && typeof value === 'object' && !ArrayBuffer.isView(value)) return '[object omitted]';
  return redactValue(value, depth + 1, parents);
}

function redactError(error: Error, depth: number, parents: ReadonlySet<object>): Redacted {
  const isExpected = error instanceof AppError;
  const code = isExpected ? error.code : (error as { code?: unknown }).code;
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: redactText(error.message),
    ...(isExpected
      ? { retryable: error.retryable, details: redactFields(error.details, depth + 1, parents) }
      : { stack: redactText(error.stack ?? '') }),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1, parents) }),
  };
}
