import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { lockDataDir } from './data-dir-lock';
import type { Database } from './database';
import { guarded } from './database-errors';
import { MIGRATIONS } from './gen/migrations';
import { PrismaClient } from './gen/prisma/client';
import { PrismaMembershipRepository } from './membership-repository';
import { applyMigrations, type Migration, type SqlSession } from './migrate';
import { PrismaPlanRepository } from './plan-repository';
import { PrismaReleaseRepository } from './release-repository';
import { PrismaRuleMembershipRepository } from './rule-membership-repository';
import { PrismaSegmentRepository } from './segment-repository';
import { PrismaSourceRepository } from './source-repository';

export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database[?schema=name]`; without it PGlite is used. */
  readonly url?: string;
  /** PGlite keeps its files in `<dataDir>/pglite`; without it they are in memory and lost at close. */
  readonly dataDir?: string;
  /** @default those of prisma/migrations */
  readonly migrations?: readonly Migration[];
}

const CONNECT_TIMEOUT_MS = 5_000;
const POOL_CONNECTIONS = 10;

/**
 * Opens the database with every migration applied. Close it: PGlite keeps the process alive.
 * @throws DATABASE_UNAVAILABLE (retryable unless the settings were refused), MIGRATION_FAILED, DATA_DIR_LOCKED
 */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  const migrations = options.migrations ?? MIGRATIONS;
  return guarded('open the database', () =>
    options.url === undefined ? openPGlite(options.dataDir, migrations) : openPostgres(options.url, migrations),
  );
}

async function openPostgres(url: string, migrations: readonly Migration[]): Promise<Database> {
  const schema = new URL(url).searchParams.get('schema') ?? 'public';
  const connection = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'tradewind',
    options: `-c search_path="${schema}"`,
  };
  await migratePostgres(connection, migrations);
  const prisma = new PrismaClient({ adapter: new PrismaPg({ ...connection, max: POOL_CONNECTIONS }, { schema }) });
  return createDatabase('postgres', prisma, () => prisma.$disconnect());
}

async function migratePostgres(connection: pg.ClientConfig, migrations: readonly Migration[]): Promise<void> {
  const client = new pg.Client(connection);
  // Without a listener a connection that breaks between statements would be an uncaught error; the next statement reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await applyMigrations(postgresSession(client), migrations);
  } finally {
    await client.end();
  }
}

function postgresSession(client: pg.Client): SqlSession {
  return {
    query: async (sql, parameters = []) => (await client.query<Record<string, unknown>>(sql, [...parameters])).rows,
    script: async (sql) => void (await client.query(sql)),
  };
}

async function openPGlite(dataDir: string | undefined, migrations: readonly Migration[]): Promise<Database> {
  // PGlite itself does not notice a second process on its files.
  const unlock = dataDir === undefined ? async () => undefined : await lockDataDir(join(dataDir, 'pglite.lock'), 'DATABASE_URL');
  let pglite: PGlite | undefined;
  const close = async () => {
    await pglite?.close();
    await unlock();
  };
  try {
    pglite = await PGlite.create(dataDir === undefined ? 'memory://' : join(dataDir, 'pglite'));
    await applyMigrations(pgliteSession(pglite), migrations);
  } catch (error) {
    await close();
    throw error;
  }
  const prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) });
  return createDatabase('pglite', prisma, async () => {
    await prisma.$disconnect();
    await close();
  });
}

function pgliteSession(pglite: PGlite): SqlSession {
  return {
    query: async (sql, parameters = []) => (await pglite.query<Record<string, unknown>>(sql, [...parameters])).rows,
    script: async (sql) => void (await pglite.exec(sql)),
  };
}

function createDatabase(kind: Database['kind'], prisma: PrismaClient, close: () => Promise<void>): Database {
  let closing: Promise<void> | undefined;
  return {
    kind,
    sources: new PrismaSourceRepository(prisma),
    releases: new PrismaReleaseRepository(prisma),
    memberships: new PrismaMembershipRepository(prisma),
    plans: new PrismaPlanRepository(prisma),
    segments: new PrismaSegmentRepository(prisma),
    ruleMemberships: new PrismaRuleMembershipRepository(prisma),
    ping: () => guarded('ping the database', async () => void (await prisma.$queryRaw`SELECT 1`)),
    close: () => (closing ??= guarded('close the database', close)),
  };
}
