import { createHash } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { applyMigrations, type Migration, type SqlSession } from './migrate';

const migration = (name: string, sql: string): Migration => ({ name, sql, checksum: createHash('sha256').update(sql).digest('hex') });
const ONE = migration('20260101000000_one', 'CREATE TABLE one (id int); INSERT INTO one VALUES (1);');
const TWO = migration('20260102000000_two', 'ALTER TABLE one ADD COLUMN name text;');

describe('applyMigrations', () => {
  let pglite: PGlite;
  let session: SqlSession;
  beforeAll(async () => void (pglite = await PGlite.create()));
  afterAll(() => pglite.close());
  beforeEach(async () => {
    await pglite.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    session = {
      query: async (sql, parameters = []) => (await pglite.query<Record<string, unknown>>(sql, [...parameters])).rows,
      script: async (sql) => void (await pglite.exec(sql)),
    };
  });
  const recorded = () =>
    session.query(
      'SELECT migration_name, checksum, applied_steps_count, finished_at IS NOT NULL AS finished FROM _prisma_migrations ORDER BY 1',
    );

  it('applies what is missing, once, and records it as Prisma does', async () => {
    expect(await applyMigrations(session, [ONE])).toEqual([ONE.name]);
    expect(await applyMigrations(session, [ONE, TWO])).toEqual([TWO.name]);
    expect(await applyMigrations(session, [ONE, TWO])).toEqual([]);
    expect(await recorded()).toEqual(
      [ONE, TWO].map(({ name, checksum }) => ({ migration_name: name, checksum, applied_steps_count: 1, finished: true })),
    );
  });

  it('keeps nothing of a migration that fails, names it, and succeeds once it is repaired', async () => {
    const broken = migration(TWO.name, 'CREATE TABLE half (id int); SELECT no_such_column FROM one;');
    await expect(applyMigrations(session, [ONE, broken])).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining(TWO.name),
    });
    expect(await session.query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await applyMigrations(session, [ONE, TWO])).toEqual([TWO.name]);
  });

  it('refuses a migration that was changed after it was applied', async () => {
    await applyMigrations(session, [ONE]);
    await expect(applyMigrations(session, [migration(ONE.name, 'SELECT 1')])).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('changed'),
    });
  });

  it('refuses to go on after a half-done attempt of the Prisma CLI', async () => {
    await applyMigrations(session, [ONE]);
    await session.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(applyMigrations(session, [ONE])).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('migrate resolve'),
    });
  });

  it('leaves migrations of a newer release alone', async () => {
    await applyMigrations(session, [ONE, TWO]);
    expect(await applyMigrations(session, [ONE])).toEqual([]);
  });

  it('releases its lock after a failure', async () => {
    await expect(applyMigrations(session, [migration('x', 'nonsense')])).rejects.toThrow();
    expect(await session.query("SELECT count(*)::int AS locks FROM pg_locks WHERE locktype = 'advisory'")).toEqual([{ locks: 0 }]);
  });
});
