import { randomUUID } from 'node:crypto';
import { AppError, describeError } from '@tradewind/contracts';
import { toDatabaseError } from './database-errors';

export interface Migration {
  /** Folder name under prisma/migrations; the order of names is the order of application. */
  readonly name: string;
  /** Hex SHA-256 of the SQL file, as Prisma records it. */
  readonly checksum: string;
  /** Must be able to run inside a transaction. */
  readonly sql: string;
}

/** One connection on which statements run in order. */
export interface SqlSession {
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Several statements, without parameters. */
  script(sql: string): Promise<void>;
}

/** Prisma's own lock, so that `prisma migrate deploy` and we exclude each other. @see prisma-engines, sql-schema-connector, postgres flavour */
const ADVISORY_LOCK = 72_707_369;
const LOCK_TIMEOUT_MS = 60_000;

/** The table as Prisma creates it, so that its CLI reads what we applied and the other way round. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface AppliedRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * Applies what is missing, in order, each in one transaction with its record: a crash leaves a migration applied and recorded
 * or neither. Concurrent starts wait for each other. Migrations that the database has and we do not know (of a newer release) are left alone.
 * @returns the names that were applied now
 * @throws MIGRATION_FAILED naming the migration: its SQL failed, it was changed after it was applied, or an earlier attempt by
 * Prisma's CLI failed half-way; DATABASE_UNAVAILABLE
 */
export async function applyMigrations(session: SqlSession, migrations: readonly Migration[]): Promise<string[]> {
  await session.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
  await session.query(`SELECT pg_advisory_lock(${ADVISORY_LOCK})::text`);
  try {
    await session.query(CREATE_TABLE);
    const applied = await readApplied(session);
    const missing = migrations.filter((migration) => !isApplied(migration, applied));
    for (const migration of missing) await apply(session, migration);
    return missing.map(({ name }) => name);
  } finally {
    await session.query(`SELECT pg_advisory_unlock(${ADVISORY_LOCK})::text`);
    await session.query('RESET lock_timeout');
  }
}

async function readApplied(session: SqlSession): Promise<AppliedRow[]> {
  const rows = await session.query(
    'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  return rows as unknown as AppliedRow[];
}

function isApplied({ name, checksum }: Migration, applied: readonly AppliedRow[]): boolean {
  const row = applied.find(({ migration_name }) => migration_name === name);
  if (row === undefined) return false;
  if (!row.finished) {
    throw failed(
      name,
      `an earlier attempt did not finish; repair the database, then run: npm run prisma -- migrate resolve --rolled-back ${name}`,
    );
  }
  if (row.checksum !== checksum)
    throw failed(name, 'it was changed after it was applied; restore the file and put the change into a new migration');
  return true;
}

async function apply(session: SqlSession, { name, checksum, sql }: Migration): Promise<void> {
  await session.query('BEGIN');
  try {
    await session.script(sql);
    await session.query(
      'INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, logs, started_at, applied_steps_count) VALUES ($1, $2, clock_timestamp(), $3, NULL, now(), 1)',
      [randomUUID(), checksum, name],
    );
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK');
    const known = toDatabaseError(error, `migration ${name}`);
    throw known instanceof AppError ? known : failed(name, `nothing of it was kept: ${describeError(error)}`, error);
  }
}

function failed(name: string, reason: string, cause?: unknown): AppError {
  return new AppError('MIGRATION_FAILED', `migration ${name}: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { migration: name },
  });
}
