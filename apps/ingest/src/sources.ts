import { AppError, describeError } from '@tradewind/contracts';
import type { Logger } from '@tradewind/observability';
import type { Source, SourceRepository } from '@tradewind/persistence';
import { STRICTEST_SETTINGS, parseSourceSettings, type SourceSettings } from './source-settings';
import { DEFAULT_SCOPES, hashWriteKey, isScope, storedKey, type Scope } from './write-keys';

export type { Scope } from './write-keys';

/** A wrong key asks the database again at most this often, so that a flood of them is not a flood of queries. */
const UNKNOWN_KEY_REFRESH_MS = 1_000;
const SOURCE_ID = /^[a-z0-9-]{1,64}$/;

/** Who sends: the source of a write key, and what that key may do. The same object while neither changes. */
export interface AuthenticatedSource {
  readonly sourceId: string;
  readonly scopes: readonly Scope[];
  /** One object per source while they do not change, so that what is compiled from them can be kept beside them. */
  readonly settings: SourceSettings;
}

export interface SourceDirectoryOptions {
  readonly repository: Pick<SourceRepository, 'list'>;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long a disabled source or a withdrawn key may still be served, milliseconds. */
  readonly refreshMs: number;
  /** Whether INGEST_HASH_KEY is set: settings that hash fields are wrong without it. */
  readonly canHash: boolean;
  /** Reads what the settings name, before they hold. Never rejects. */
  prepare?(sources: readonly Pick<AuthenticatedSource, 'sourceId' | 'settings'>[]): Promise<void>;
}

/** Who may send: write keys to sources, in memory. */
export interface SourceDirectory {
  /**
   * The enabled source of a write key that has not expired, `undefined` when there is none; a new key is found at once. While the database is
   * away, known keys work on.
   * @throws DATABASE_UNAVAILABLE (retryable) when the key is unknown and the database cannot be asked
   */
  find(writeKey: string): AuthenticatedSource | Promise<AuthenticatedSource | undefined>;
  /** Reads all sources again. @throws DATABASE_UNAVAILABLE */
  refresh(): Promise<void>;
  /** Sources whose stored settings are wrong, as of the last refresh, and why; their former settings hold, or the strictest. */
  readonly faults: ReadonlyMap<string, string>;
  stop(): void;
}

interface Grant {
  readonly source: AuthenticatedSource;
  /** Epoch milliseconds; Infinity is for ever. */
  readonly expiresAtMs: number;
}

interface KnownSettings {
  /** JSON of what is stored. */
  readonly stored: string;
  readonly settings: SourceSettings;
  readonly fault: string | null;
}

/** @throws CONFIG_INVALID: source ids are part of keys and topics */
export function assertSourceId(sourceId: string): void {
  if (!SOURCE_ID.test(sourceId))
    throw new AppError('CONFIG_INVALID', `source id "${sourceId}": use up to 64 lower-case letters, digits and dashes`);
}

/** Lets `writeKey` send as `sourceId`, beside the keys that the source may have. Repeating it changes nothing. */
export async function ensureSource(
  repository: SourceRepository,
  { sourceId, name, writeKey }: { sourceId: string; name: string; writeKey: string },
  now: () => number = Date.now,
): Promise<void> {
  assertSourceId(sourceId);
  const hash = hashWriteKey(writeKey);
  await repository.edit(sourceId, (present) => {
    const writeKeys = present?.writeKeys ?? [];
    const hasKey = writeKeys.some((key) => key.hash === hash);
    if (present?.enabled && hasKey) return null;
    const added = hasKey ? [] : [storedKey(writeKey, { scopes: DEFAULT_SCOPES, label: 'INGEST_WRITE_KEYS', createdAtMs: now() })];
    return { sourceId, name: present?.name ?? name, enabled: true, settings: present?.settings ?? {}, writeKeys: [...writeKeys, ...added] };
  });
}

/** The settings of a source as they may be used. @throws CONFIG_INVALID */
export function readSettings(stored: unknown, canHash: boolean): SourceSettings {
  const settings = parseSourceSettings(stored);
  if (settings.hashFields.length > 0 && !canHash)
    throw new AppError('CONFIG_INVALID', 'hashFields is used and INGEST_HASH_KEY is not set: set it to at least 32 random bytes');
  return settings;
}

/** @throws CONFIG_INVALID that names the enabled source whose settings hash fields, DATABASE_UNAVAILABLE */
export async function assertNothingHashed(repository: Pick<SourceRepository, 'list'>): Promise<void> {
  for (const { sourceId, enabled, settings } of await repository.list()) {
    const { hashFields = [] } = (settings ?? {}) as { hashFields?: unknown };
    if (enabled && Array.isArray(hashFields) && hashFields.length > 0)
      throw new AppError(
        'CONFIG_INVALID',
        `INGEST_HASH_KEY is missing: source ${sourceId} hashes fields; set it to at least 32 random bytes`,
      );
  }
}

/** Opens empty: the first key reads the database, so a start without it still serves health checks. */
export function createSourceDirectory(options: SourceDirectoryOptions): SourceDirectory {
  const { repository, logger, now, refreshMs } = options;
  const settings = createSettingsMemory(options);
  let byHash = new Map<string, Grant>();
  // Plain keys of this process's clients, so that a request does not hash; emptied by each refresh.
  let byKey = new Map<string, Grant>();
  let refreshedAtMs = -Infinity;
  let running: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    const sources = (await repository.list()).filter(({ enabled }) => enabled);
    settings.replace(sources);
    await options.prepare?.(sources.map(({ sourceId }) => ({ sourceId, settings: settings.of(sourceId) })));
    byHash = new Map(sources.flatMap((source) => grantsOf(source, settings.of(source.sourceId), byHash)));
    byKey = new Map();
    refreshedAtMs = now();
  };
  const refresh = (): Promise<void> => {
    running ??= load().finally(() => (running = undefined));
    return running;
  };
  const known = (writeKey: string): AuthenticatedSource | undefined => {
    const grant = byKey.get(writeKey) ?? byHash.get(hashWriteKey(writeKey));
    if (grant === undefined || grant.expiresAtMs <= now()) return undefined;
    byKey.set(writeKey, grant);
    return grant.source;
  };
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => logger.warn('sources not refreshed, the former ones stay', { error: describeError(error) }));
  }, refreshMs);
  timer.unref();

  return {
    find: (writeKey) => known(writeKey) ?? findAfterRefresh(writeKey),
    refresh,
    get faults() {
      return settings.faults();
    },
    stop: () => clearInterval(timer),
  };

  async function findAfterRefresh(writeKey: string): Promise<AuthenticatedSource | undefined> {
    if (running === undefined && now() - refreshedAtMs < UNKNOWN_KEY_REFRESH_MS) return undefined;
    await refresh();
    return known(writeKey);
  }
}

/** A grant per write key; the former object where nothing changed. */
function grantsOf({ sourceId, writeKeys }: Source, settings: SourceSettings, former: ReadonlyMap<string, Grant>): [string, Grant][] {
  return writeKeys.map(({ hash, scopes: names, expiresAtMs }) => {
    const scopes = names.filter(isScope);
    const before = former.get(hash)?.source;
    const isSame = before?.sourceId === sourceId && before.settings === settings && before.scopes.join() === scopes.join();
    return [hash, { source: isSame ? before : { sourceId, scopes, settings }, expiresAtMs: expiresAtMs ?? Infinity }];
  });
}

/**
 * The settings of each source as it last had them right. Settings that cannot be read stop nobody: the source keeps its former ones, or gets
 * the strictest, and the error is logged once.
 */
function createSettingsMemory({ logger, canHash }: SourceDirectoryOptions) {
  let bySource = new Map<string, KnownSettings>();
  return {
    replace(sources: readonly Source[]): void {
      bySource = new Map(sources.map(({ sourceId, settings }) => [sourceId, read(sourceId, JSON.stringify(settings))]));
    },
    of: (sourceId: string): SourceSettings => bySource.get(sourceId)!.settings,
    faults: () => new Map([...bySource].flatMap(([sourceId, { fault }]) => (fault === null ? [] : [[sourceId, fault]]))),
  };

  function read(sourceId: string, stored: string): KnownSettings {
    const former = bySource.get(sourceId);
    if (former?.stored === stored) return former;
    try {
      return { stored, settings: readSettings(JSON.parse(stored), canHash), fault: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const kept = former === undefined ? 'the strictest settings' : 'its former settings';
      logger.error(`the settings of a source are wrong; it gets ${kept}`, { sourceId, error: describeError(error) });
      return { stored, settings: former?.settings ?? STRICTEST_SETTINGS, fault: error.message };
    }
  }
}
