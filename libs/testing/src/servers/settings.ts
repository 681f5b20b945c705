import { connect } from 'node:net';

export type Server = 'kafka' | 'redis' | 'postgres';

/** The setting that names each backing service, as in DESIGN.md §3. */
export const SERVER_SETTINGS = { kafka: 'KAFKA_BROKERS', redis: 'REDIS_URL', postgres: 'DATABASE_URL' } as const satisfies Record<
  Server,
  string
>;
export const SERVERS = Object.keys(SERVER_SETTINGS) as Server[];

/** Reads the `export NAME=value` lines that `tradewind stack up` writes. */
export function parseEnvFile(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => /^export ([A-Z_]+)=(.*)$/.exec(line.trim()));
  return Object.fromEntries(
    lines.filter((match) => match !== null).map(([, name, value]) => [name!, value!.replace(/^(['"])(.*)\1$/, '$2')]),
  );
}

/** Host and port of a setting's value: `host:port[,host:port…]` or a URL. */
export function addressOf(server: Server, value: string): { host: string; port: number } {
  if (server === 'kafka') {
    const [host, port] = value.split(',')[0]!.split(':');
    return { host: host!, port: Number(port ?? 9092) };
  }
  const url = new URL(value);
  return { host: url.hostname, port: Number(url.port || (server === 'redis' ? 6379 : 5432)) };
}

/** True when something accepts a TCP connection there within two seconds. */
export function isReachable({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}
