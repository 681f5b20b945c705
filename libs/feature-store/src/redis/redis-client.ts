import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { AppError } from '@tradewind/contracts';

export type RedisClient = Redis | Cluster;

export interface RedisConnection {
  readonly client: RedisClient;
  /** Why the connection last failed; the cause behind the next command's error. */
  lastError(): Error | undefined;
}

/** Commands fail at once while no connection stands, and in-flight ones when it drops; the client keeps reconnecting. */
function connectionOptions(timeoutMs: number): RedisOptions {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

/** Connects to a server, or, when it says that it is part of a cluster, to the cluster. @throws STATE_UNAVAILABLE (retryable) */
export async function connectRedis(urls: readonly string[], timeoutMs: number): Promise<RedisConnection> {
  const single = await connect(new Redis(urls[0]!, connectionOptions(timeoutMs)), urls[0]!, timeoutMs);
  const info = await clusterInfo(single.client, timeoutMs);
  if (!info.includes('cluster_enabled:1')) return single;
  const { username, password, tls } = (single.client as Redis).options;
  single.client.disconnect();
  const { retryStrategy: _, lazyConnect: __, ...redisOptions } = connectionOptions(timeoutMs);
  const cluster = new Cluster([...urls], {
    lazyConnect: true,
    enableOfflineQueue: false,
    slotsRefreshTimeout: timeoutMs,
    maxRedirections: 4,
    clusterRetryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
    redisOptions: { ...redisOptions, username, password, tls },
  });
  return connect(cluster, urls.join(','), timeoutMs);
}

async function connect(client: RedisClient, url: string, timeoutMs: number): Promise<RedisConnection> {
  let last: Error | undefined;
  client.on('error', (error: Error) => (last = error));
  client.on('ready', () => (last = undefined));
  try {
    await within(timeoutMs, client.connect());
  } catch (cause) {
    client.disconnect();
    throw new AppError('STATE_UNAVAILABLE', `Redis at ${withoutCredentials(url)} does not answer`, {
      cause: last ?? cause,
      retryable: true,
    });
  }
  return { client, lastError: () => last };
}

/** @throws STATE_UNAVAILABLE (retryable); then the client is closed. */
async function clusterInfo(client: RedisClient, timeoutMs: number): Promise<string> {
  try {
    return await within(timeoutMs, client.info('cluster'));
  } catch (cause) {
    client.disconnect();
    throw new AppError('STATE_UNAVAILABLE', 'Redis does not answer INFO', { cause, retryable: true });
  }
}

/** Rejects when `work` takes longer; what it does after that is ignored. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function withoutCredentials(urls: string): string {
  return urls.replace(/\/\/[^@/,]*@/g, '//');
}
