import { AppError, describeError } from '@tradewind/contracts';

/** Prisma: cannot reach, timed out, closed, pool exhausted, transaction API, write conflict or deadlock. @see https://www.prisma.io/docs/orm/reference/error-reference */
const RETRYABLE_PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);
/** Driver adapters' kinds of the same. */
const RETRYABLE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
  'TransactionWriteConflict',
  'TransactionAlreadyClosed',
]);
/** PostgreSQL classes: connection exception, insufficient resources, operator intervention, and serialization failure, deadlock, lock timeout. */
const RETRYABLE_SQLSTATE = /^(08...|53...|57...|40001|40P01|55P03)$/;
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);
/** What `pg` says without a code when a connection ends under it. */
const CLOSED_TEXT =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client has encountered a connection error|PGlite is clos/i;
/** Reached, but the settings are refused: trying again changes nothing. */
const REFUSED = new Map([
  ['28P01', 'the password was refused'],
  ['28000', 'the user was refused'],
  ['3D000', 'the database does not exist'],
  ['AuthenticationFailed', 'the password was refused'],
  ['DatabaseAccessDenied', 'the user was refused'],
  ['DatabaseDoesNotExist', 'the database does not exist'],
]);

/**
 * An `AppError` for what the database or the way to it did: DATABASE_UNAVAILABLE, retryable unless the settings were refused.
 * Anything else (a bug, a broken rule) comes back as it is.
 */
export function toDatabaseError(error: unknown, attempt: string): unknown {
  if (error instanceof AppError) return error;
  const marks = collectMarks(error);
  const refused = marks.map((mark) => REFUSED.get(mark)).find((reason) => reason !== undefined);
  if (refused !== undefined) return new AppError('DATABASE_UNAVAILABLE', `${attempt}: ${refused}; check DATABASE_URL`, { cause: error });
  const isAway = marks.some(
    (mark) => RETRYABLE_PRISMA.has(mark) || RETRYABLE_KINDS.has(mark) || RETRYABLE_SQLSTATE.test(mark) || SYSTEM_CODES.has(mark),
  );
  if (!isAway && !CLOSED_TEXT.test(describeError(error))) return error;
  return new AppError('DATABASE_UNAVAILABLE', `${attempt}: the database does not answer`, { cause: error, retryable: true });
}

/** Codes and kinds of an error, its causes, its parts (AggregateError) and what Prisma keeps under `meta`. */
function collectMarks(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 6) return [];
  const { code, kind, originalCode, errorCode, cause, meta, errors, driverAdapterError } = error as Record<string, unknown>;
  const own = [code, kind, originalCode, errorCode].filter((mark): mark is string => typeof mark === 'string');
  const inner = [cause, meta, driverAdapterError, ...(Array.isArray(errors) ? errors : [])];
  return [...own, ...inner.flatMap((part) => collectMarks(part, depth + 1))];
}

/** Runs `work` with its failures as `toDatabaseError` gives them. */
export async function guarded<T>(attempt: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDatabaseError(error, attempt);
  }
}
