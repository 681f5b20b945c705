import { SERVER_SETTINGS, SERVERS, type Server } from './settings';

export interface RealServers {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

/**
 * The setting's value of a real server that this run has (see global-setup.ts), or null.
 * @throws when it is missing and CI=true: there a missing server is a failure, never a skip.
 */
export function realServer(server: Server): string | null {
  const name = SERVER_SETTINGS[server];
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  if (process.env['CI'] === 'true') throw new Error(`${name} is not set: in CI every real server must be there (npx tradewind stack up)`);
  return null;
}

/** All three, or null when any is missing. @throws in CI as `realServer` does. */
export function realServers(): RealServers | null {
  const [kafkaBrokers, redisUrl, databaseUrl] = SERVERS.map(realServer);
  return kafkaBrokers && redisUrl && databaseUrl ? { kafkaBrokers, redisUrl, databaseUrl } : null;
}

/**
 * A `describe` that needs a real server: `define` gets its setting's value. Without the server the block is skipped, and says
 * why; in CI it fails.
 */
export function describeWith(server: Server, name: string, define: (setting: string) => void): void {
  const setting = realServer(server);
  if (setting !== null) {
    describe(name, () => define(setting));
    return;
  }
  const reason = `no ${server} (${SERVER_SETTINGS[server]}; start one with: npx tradewind stack up)`;
  process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skip(name, () => {
    it(`needs ${server}: ${reason}`, () => undefined);
  });
}
