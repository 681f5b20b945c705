import { assertTestDatabase, describeWith, freePort, testDatabaseUrl, useTempDir } from '@tradewind/testing';
import pg from 'pg';
import type { Database } from './database';
import { databaseContract } from './database.contract';
import { MIGRATIONS } from './gen/migrations';
import { openDatabase } from './open-database';

/** Runs one statement on the server's own database. */
async function onServer<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function createTestDatabase(serverUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const url = testDatabaseUrl(serverUrl);
  assertTestDatabase(url);
  const name = new URL(url).pathname.slice(1);
  await onServer(serverUrl, `CREATE DATABASE "${name}"`);
  return { url, drop: async () => void (await onServer(serverUrl, `DROP DATABASE "${name}" WITH (FORCE)`)) };
}

describe('PGlite', () => {
  const dir = useTempDir();
  let database: Database;
  beforeAll(async () => void (database = await openDatabase({})));
  afterAll(() => database.close());

  databaseContract(() => database);

  it('keeps its rows on disk, locked to one process, and migrates once', async () => {
    const row = { userKey: 'shop:1', segmentId: 's', segmentName: 'S', modelVersion: 'v', sinceMs: 5 };
    const first = await openDatabase({ dataDir: dir() });
    await first.memberships.upsertMany([row]);
    await expect(openDatabase({ dataDir: dir() })).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await first.close();
    const second = await openDatabase({ dataDir: dir() });
    expect(await second.memberships.of('shop:1')).toEqual(row);
    await second.close();
    await second.close();
  });

  it('reports DATABASE_UNAVAILABLE after close', async () => {
    const closed = await openDatabase({});
    await closed.close();
    await expect(closed.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
  });
});

describeWith('postgres', 'PostgreSQL', (serverUrl) => {
  let server: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    server = await createTestDatabase(serverUrl);
    database = await openDatabase({ url: server.url });
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  databaseContract(() => database);

  it('migrates once when several processes start at the same time', async () => {
    const fresh = await createTestDatabase(serverUrl);
    const opened = await Promise.all([1, 2, 3, 4].map(() => openDatabase({ url: fresh.url })));
    const rows = await onServer<{ migration_name: string }>(fresh.url, 'SELECT migration_name FROM _prisma_migrations');
    expect(rows.map(({ migration_name }) => migration_name)).toEqual(MIGRATIONS.map(({ name }) => name));
    await Promise.all(opened.map((each) => each.close()));
    await fresh.drop();
  });

  it('heals after the server dropped its connections', async () => {
    await database.ping();
    const name = new URL(server.url).pathname.slice(1);
    await onServer(serverUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => database.ping()));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
    await database.ping();
  });

  it('names what the settings have wrong', async () => {
    const wrong = (change: (url: URL) => void) => {
      const url = new URL(serverUrl);
      change(url);
      return openDatabase({ url: url.href });
    };
    await expect(wrong((url) => (url.pathname = '/tradewind_test_absent'))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      retryable: false,
    });
    const absent = wrong((url) => (url.username = 'tradewind_nobody'));
    await expect(absent).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

it('reports DATABASE_UNAVAILABLE, retryable, when no server answers', async () => {
  const url = `postgresql://me:hunter2@127.0.0.1:${await freePort()}/tradewind_test`;
  const opening = openDatabase({ url });
  await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
  await expect(opening).rejects.not.toThrow(/hunter2/);
});
