import { randomBytes } from 'node:crypto';

/** The same server's URL with a database name of its own, `tradewind_test_<random>`; the caller creates and drops it. */
export function testDatabaseUrl(serverUrl: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/tradewind_test_${randomBytes(6).toString('hex')}`;
  return url.href;
}

/** Guards every destructive helper. @throws when the database's name lacks `test`. */
export function assertTestDatabase(databaseUrl: string): void {
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  if (!name.includes('test')) throw new Error(`database "${name}" lacks "test" in its name: refusing to change it`);
}
