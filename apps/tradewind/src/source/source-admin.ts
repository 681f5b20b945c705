import { DEFAULT_SCOPES, assertSourceId, createWriteKey, parseScopes, readSettings, storedKey } from '@tradewind/apps/ingest';
import { AppError } from '@tradewind/contracts';
import type { Source, SourceRepository, WriteKey } from '@tradewind/persistence';
import { UsageError } from '../command';
import { applyChanges, type SettingChange } from './settings-changes';

/** How much of a key's hash names it to people. */
const KEY_ID_LENGTH = 12;
const SHORTEST_KEY_ID = 4;

export interface AdminDeps {
  readonly sources: SourceRepository;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Whether INGEST_HASH_KEY is set here. */
  readonly canHash: boolean;
}

/** A write key as people may see it; times are ISO 8601 UTC. */
export interface ShownKey {
  /** The first digits of its hash. */
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly expired: boolean;
}

export interface ShownSource {
  readonly sourceId: string;
  readonly name: string;
  readonly enabled: boolean;
  /** As stored, and as they take effect: with defaults, or null when `problem` says what is wrong with them. */
  readonly stored: unknown;
  readonly settings: object | null;
  readonly problem: string | null;
  readonly keys: readonly ShownKey[];
}

/** A key that was made: the only time that anyone sees it. */
export interface NewKey {
  readonly sourceId: string;
  readonly writeKey: string;
  readonly key: ShownKey;
}

export interface KeyOptions {
  /** @default those of a browser: events, catalog, posts */
  readonly scopes?: readonly string[] | undefined;
  readonly label?: string | undefined;
  /** Epoch milliseconds; null is for ever. @default null */
  readonly expiresAtMs?: number | null | undefined;
}

export async function listSources(deps: AdminDeps): Promise<ShownSource[]> {
  return (await deps.sources.list()).map((source) => show(source, deps));
}

/** @throws NOT_FOUND */
export async function showSource(deps: AdminDeps, sourceId: string): Promise<ShownSource> {
  const source = (await deps.sources.list()).find((each) => each.sourceId === sourceId);
  return show(source ?? missing(sourceId), deps);
}

/** A new source with one key. @throws STATE_CONFLICT when there is one of that id, CONFIG_INVALID */
export async function addSource(deps: AdminDeps, sourceId: string, { name, ...options }: KeyOptions & { name?: string }): Promise<NewKey> {
  assertSourceId(sourceId);
  const made = makeKey(deps, options);
  await deps.sources.edit(sourceId, (present) => {
    if (present) throw new AppError('STATE_CONFLICT', `there is a source ${sourceId}; \`tradewind source key add\` gives it another key`);
    return { sourceId, name: name ?? sourceId, enabled: true, settings: {}, writeKeys: [made.stored] };
  });
  return { sourceId, writeKey: made.writeKey, key: showKey(made.stored, deps) };
}

/** Name, state, and settings as the changes make them: right, or nothing is written. @throws NOT_FOUND, CONFIG_INVALID */
export async function changeSource(
  deps: AdminDeps,
  sourceId: string,
  { name, enabled, settings, changes = [] }: { name?: string; enabled?: boolean; settings?: unknown; changes?: readonly SettingChange[] },
): Promise<ShownSource> {
  const changed = await deps.sources.edit(sourceId, (present) => {
    const source = present ?? missing(sourceId);
    const isChanged = settings !== undefined || changes.length > 0;
    const wanted = isChanged ? applyChanges(settings ?? source.settings, changes) : source.settings;
    if (isChanged) readSettings(wanted, deps.canHash);
    return { ...source, name: name ?? source.name, enabled: enabled ?? source.enabled, settings: wanted };
  });
  return show(changed!, deps);
}

/** Another key beside those there are. @throws NOT_FOUND, CONFIG_INVALID */
export async function addKey(deps: AdminDeps, sourceId: string, options: KeyOptions): Promise<NewKey> {
  const made = makeKey(deps, options);
  await deps.sources.edit(sourceId, (present) => {
    const source = present ?? missing(sourceId);
    return { ...source, writeKeys: [...source.writeKeys, made.stored] };
  });
  return { sourceId, writeKey: made.writeKey, key: showKey(made.stored, deps) };
}

/**
 * A new key with the scopes and the label of an old one, which works for `graceMs` more.
 * @param keyId may be left out when one key of the source has no end
 * @throws NOT_FOUND, UsageError
 */
export async function rotateKey(
  deps: AdminDeps,
  sourceId: string,
  { keyId, graceMs }: { keyId?: string | undefined; graceMs: number },
): Promise<NewKey & { readonly old: ShownKey }> {
  const writeKey = createWriteKey();
  let made: { key: WriteKey; old: WriteKey } | undefined;
  await deps.sources.edit(sourceId, (present) => {
    const source = present ?? missing(sourceId);
    const old = keyId === undefined ? onlyKey(source.writeKeys.filter(({ expiresAtMs }) => expiresAtMs === null)) : findKey(source, keyId);
    const endsAtMs = Math.min(deps.now() + graceMs, old.expiresAtMs ?? Infinity);
    const key = storedKey(writeKey, { label: old.label, scopes: parseScopes(old.scopes), createdAtMs: deps.now() });
    made = { key, old: { ...old, expiresAtMs: endsAtMs } };
    return { ...source, writeKeys: [...source.writeKeys.map((each) => (each.hash === old.hash ? made!.old : each)), key] };
  });
  return { sourceId, writeKey, key: showKey(made!.key, deps), old: showKey(made!.old, deps) };
}

/** Takes a key out. @throws NOT_FOUND, UsageError */
export async function revokeKey(deps: AdminDeps, sourceId: string, keyId: string): Promise<ShownKey> {
  let revoked: WriteKey | undefined;
  await deps.sources.edit(sourceId, (present) => {
    const source = present ?? missing(sourceId);
    revoked = findKey(source, keyId);
    return { ...source, writeKeys: source.writeKeys.filter(({ hash }) => hash !== revoked!.hash) };
  });
  return showKey(revoked!, deps);
}

function makeKey({ now }: AdminDeps, { scopes = DEFAULT_SCOPES, label = '', expiresAtMs = null }: KeyOptions) {
  const writeKey = createWriteKey();
  return { writeKey, stored: { ...storedKey(writeKey, { scopes: parseScopes(scopes), label, createdAtMs: now() }), expiresAtMs } };
}

function missing(sourceId: string): never {
  throw new AppError('NOT_FOUND', `there is no source ${sourceId}; see \`tradewind source list\``);
}

function onlyKey(keys: readonly WriteKey[]): WriteKey {
  const [key, ...others] = keys;
  if (key === undefined || others.length > 0)
    throw new UsageError(
      '--key',
      '',
      `say which: ${keys.map(({ hash }) => hash.slice(0, KEY_ID_LENGTH)).join(', ') || 'every key ends already; use `key add`'}`,
    );
  return key;
}

function findKey({ sourceId, writeKeys }: Source, keyId: string): WriteKey {
  if (!new RegExp(`^[0-9a-f]{${SHORTEST_KEY_ID},64}$`).test(keyId))
    throw new UsageError(
      '<key>',
      keyId,
      `give at least ${SHORTEST_KEY_ID} digits of its id, see \`tradewind source key list ${sourceId}\``,
    );
  const [key, ...others] = writeKeys.filter(({ hash }) => hash.startsWith(keyId));
  if (others.length > 0) throw new UsageError('<key>', keyId, 'fits several keys: give more digits of its id');
  if (key === undefined) throw new AppError('NOT_FOUND', `source ${sourceId} has no key ${keyId}`);
  return key;
}

function show(source: Source, deps: AdminDeps): ShownSource {
  const { sourceId, name, enabled, settings: stored, writeKeys } = source;
  const keys = writeKeys.map((key) => showKey(key, deps));
  try {
    return { sourceId, name, enabled, stored, settings: readSettings(stored, true), problem: null, keys };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { sourceId, name, enabled, stored, settings: null, problem: error.message, keys };
  }
}

function showKey(key: WriteKey, deps: AdminDeps): ShownKey {
  const { hash, label, scopes, createdAtMs, expiresAtMs } = key;
  return {
    id: hash.slice(0, KEY_ID_LENGTH),
    label,
    scopes,
    createdAt: new Date(createdAtMs).toISOString(),
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    expired: isExpired(key, deps),
  };
}

function isExpired({ expiresAtMs }: WriteKey, { now }: AdminDeps): boolean {
  return expiresAtMs !== null && expiresAtMs <= now();
}
