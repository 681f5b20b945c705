import { createHash } from 'node:crypto';
import { AppError, describeError } from '@tradewind/contracts';
import type { Logger } from '@tradewind/observability';
import type { SourceRepository } from '@tradewind/persistence';
import { DEFAULT_SETTINGS, type SourceSettings } from './source-settings';

/** A wrong key asks the database again at most this often, so that a flood of them is not a flood of queries. */
const UNKNOWN_KEY_REFRESH_MS = 1_000;

/** What a write key may do. */
export type Scope = 'events' | 'catalog' | 'posts' | 'privacy' | 'debug';

/** Who sends: the source of a write key, and what that key may do. The same object while neither changes. */
export interface AuthenticatedSource {
  readonly sourceId: string;
  readonly scopes: readonly Scope[];
  readonly settings: SourceSettings;
}

const DEFAULT_SCOPES: readonly Scope[] = ['events', 'catalog', 'posts'];

export interface SourceDirectoryOptions {
  readonly repository: SourceRepository;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long a disabled source or a withdrawn key may still be served, milliseconds. */
  readonly refreshMs: number;
}

/** Who may send: write keys to sources, in memory. */
export interface SourceDirectory {
  /**
   * The enabled source of a write key, `undefined` when there is none; a new key is found at once. While the database is away, known keys work on.
   * @throws DATABASE_UNAVAILABLE (retryable) when the key is unknown and the database cannot be asked
   */
  find(writeKey: string): AuthenticatedSource | Promise<AuthenticatedSource | undefined>;
  /** Reads all sources again. @throws DATABASE_UNAVAILABLE */
  refresh(): Promise<void>;
  stop(): void;
}

/** Hex SHA-256, the only form in which a write key is stored. */
export function hashWriteKey(writeKey: string): string {
  return createHash('sha256').update(writeKey).digest('hex');
}

/** Lets `writeKey` send as `sourceId`, beside the keys that the source may have. Repeating it changes nothing. */
export async function ensureSource(
  repository: SourceRepository,
  source: { sourceId: string; name: string; writeKey: string },
): Promise<void> {
  if (!/^[a-z0-9-]{1,64}$/.test(source.sourceId)) {
    throw new AppError('CONFIG_INVALID', `source id "${source.sourceId}": use up to 64 lower-case letters, digits and dashes`);
  }
  const hash = hashWriteKey(source.writeKey);
  const present = (await repository.list()).find((each) => each.sourceId === source.sourceId);
  if (present?.enabled && present.writeKeyHashes.includes(hash)) return;
  const others = (present?.writeKeyHashes ?? []).filter((each) => each !== hash);
  await repository.upsert({
    sourceId: source.sourceId,
    name: present?.name ?? source.name,
    writeKeyHashes: [...others, hash],
    enabled: true,
  });
}

/** Opens empty: the first key reads the database, so a start without it still serves health checks. */
export function createSourceDirectory(options: SourceDirectoryOptions): SourceDirectory {
  const { repository, logger, now, refreshMs } = options;
  let byHash = new Map<string, AuthenticatedSource>();
  // Plain keys of this process's clients, so that a request does not hash; emptied by each refresh.
  let byKey = new Map<string, AuthenticatedSource>();
  let refreshedAtMs = -Infinity;
  let running: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    const sources = await repository.list();
    byHash = new Map(
      sources
        .filter((source) => source.enabled)
        .flatMap(({ sourceId, writeKeyHashes }) =>
          writeKeyHashes.map((hash) => [hash, { sourceId, scopes: DEFAULT_SCOPES, settings: DEFAULT_SETTINGS }] as const),
        ),
    );
    byKey = new Map();
    refreshedAtMs = now();
  };
  const refresh = (): Promise<void> => {
    running ??= load().finally(() => (running = undefined));
    return running;
  };
  const known = (writeKey: string): AuthenticatedSource | undefined => {
    const source = byHash.get(hashWriteKey(writeKey));
    if (source) byKey.set(writeKey, source);
    return source;
  };
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => logger.warn('sources not refreshed, the former ones stay', { error: describeError(error) }));
  }, refreshMs);
  timer.unref();

  return {
    find(writeKey) {
      return byKey.get(writeKey) ?? known(writeKey) ?? findAfterRefresh(writeKey);
    },
    refresh,
    stop: () => clearInterval(timer),
  };

  async function findAfterRefresh(writeKey: string): Promise<AuthenticatedSource | undefined> {
    if (running === undefined && now() - refreshedAtMs < UNKNOWN_KEY_REFRESH_MS) return undefined;
    await refresh();
    return known(writeKey);
  }
}
