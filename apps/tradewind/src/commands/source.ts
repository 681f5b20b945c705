import { Option, type Command as Program } from 'commander';
import { UsageError, type Command, type Output } from '../command';
import { duration } from '../options';
import type { AdminDeps, NewKey, ShownKey, ShownSource } from '../source/source-admin';

interface CommonFlags {
  readonly dataDir?: string;
}

interface KeyFlags extends CommonFlags {
  readonly scopes?: readonly string[];
  readonly label?: string;
  readonly expires?: number;
}

interface SetFlags extends CommonFlags {
  readonly name?: string;
  readonly file?: string;
  readonly unset?: readonly string[];
}

const DAY_MS = 86_400_000;
const GRACE_DAYS = 7;

/** `tradewind source`: who may send, with which keys, and what becomes of the events. */
export const sourceCommand: Command = {
  name: 'source',
  register(program, output) {
    const source = program.command('source').description('sources of events: their write keys and settings');
    common(source.command('list'))
      .description('every source')
      .action((flags: CommonFlags) => list(flags, output));
    keyOptions(common(source.command('add')))
      .description('a new source with one key, which is shown this once')
      .argument('<id>', 'lower-case letters, digits and dashes')
      .option('--name <name>', 'for people')
      .action((id: string, flags: KeyFlags & { name?: string }) => add(id, flags, output));
    common(source.command('show'))
      .description('its settings as they are stored and as they take effect, what is wrong with them, and its keys')
      .argument('<id>')
      .action((id: string, flags: CommonFlags) => show(id, flags, output));
    common(source.command('set'))
      .description('change settings; docs/guides/privacy.md has them all')
      .argument('<id>')
      .argument('[changes...]', 'ip=drop, consent.required=true, hashFields=\'["userId","traits.email"]\'')
      .option('--unset <settings...>', 'back to the default')
      .option('--file <file>', 'a JSON file with all settings of the source, before the changes')
      .option('--name <name>', 'for people')
      .action((id: string, changes: string[], flags: SetFlags) => set(id, changes, flags, output));
    for (const [verb, enabled, description] of [
      ['enable', true, 'its keys work again'],
      ['disable', false, 'its keys stop working; nothing is deleted'],
    ] as const)
      common(source.command(verb))
        .description(description)
        .argument('<id>')
        .action((id: string, flags: CommonFlags) => enable(id, enabled, flags, output));
    registerKeys(source, output);
  },
};

function registerKeys(source: Program, output: Output): void {
  const key = source.command('key').description('write keys of a source; only their SHA-256 is stored');
  keyOptions(common(key.command('add')))
    .description('another key beside the others, which is shown this once')
    .argument('<id>')
    .action((id: string, flags: KeyFlags) => addKey(id, flags, output));
  common(key.command('list'))
    .description('its keys: ids, scopes, times')
    .argument('<id>')
    .action((id: string, flags: CommonFlags) => listKeys(id, flags, output));
  common(key.command('rotate'))
    .description('a new key with the scopes of an old one, which works a while longer')
    .argument('<id>')
    .option('--key <key>', 'id of the old key, when the source has several')
    .option('--grace <time>', 'how long the old key still works, e.g. 12h or 0', duration, GRACE_DAYS * DAY_MS)
    .action((id: string, flags: CommonFlags & { key?: string; grace: number }) => rotate(id, flags, output));
  common(key.command('revoke'))
    .description('take a key out; collectors follow within INGEST_SOURCES_REFRESH_MS')
    .argument('<id>')
    .argument('<key>', 'its id')
    .action((id: string, keyId: string, flags: CommonFlags) => revoke(id, keyId, flags, output));
}

function common(command: Program): Program {
  return command.addOption(new Option('--data-dir <folder>', 'where embedded stores live (default: DATA_DIR or .tradewind)'));
}

function keyOptions(command: Program): Program {
  return command
    .addOption(
      new Option('--scopes <scopes>', 'comma-separated: events, catalog, posts, privacy, debug (default: events,catalog,posts)').argParser(
        listOf,
      ),
    )
    .option('--label <label>', 'for people')
    .option('--expires <time>', 'stops working after, e.g. 90d', duration);
}

function listOf(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

async function list(flags: CommonFlags, output: Output): Promise<void> {
  const { listSources } = await import('../source/source-admin');
  const sources = await withSources(flags, (deps) => listSources(deps));
  output.print({ sources }, sources.length === 0 ? 'no source yet: `tradewind source add <id>`' : sources.map(lineOf).join('\n'));
}

async function add(id: string, { dataDir, name, ...flags }: KeyFlags & { name?: string }, output: Output): Promise<void> {
  const { addSource } = await import('../source/source-admin');
  const made = await withSources({ dataDir }, (deps) =>
    addSource(deps, id, { ...(name !== undefined && { name }), ...keyOf(flags, deps) }),
  );
  printKey(made, output);
}

async function show(id: string, flags: CommonFlags, output: Output): Promise<void> {
  const { showSource } = await import('../source/source-admin');
  printSource(await withSources(flags, (deps) => showSource(deps, id)), output);
}

async function set(id: string, texts: string[], { name, file, unset = [], dataDir }: SetFlags, output: Output): Promise<void> {
  const [{ changeSource }, { parseChange, removal }] = await Promise.all([
    import('../source/source-admin'),
    import('../source/settings-changes'),
  ]);
  const changes = [...unset.map(removal), ...texts.map(parseChange)];
  const settings = file === undefined ? undefined : await readJson(file);
  const change = { changes, ...(name !== undefined && { name }), ...(settings !== undefined && { settings }) };
  printSource(await withSources({ dataDir }, (deps) => changeSource(deps, id, change)), output);
}

async function enable(id: string, enabled: boolean, flags: CommonFlags, output: Output): Promise<void> {
  const { changeSource } = await import('../source/source-admin');
  const source = await withSources(flags, (deps) => changeSource(deps, id, { enabled }));
  output.print(source, lineOf(source));
}

async function addKey(id: string, { dataDir, ...flags }: KeyFlags, output: Output): Promise<void> {
  const { addKey: add } = await import('../source/source-admin');
  printKey(await withSources({ dataDir }, (deps) => add(deps, id, keyOf(flags, deps))), output);
}

async function listKeys(id: string, flags: CommonFlags, output: Output): Promise<void> {
  const { showSource } = await import('../source/source-admin');
  const { keys } = await withSources(flags, (deps) => showSource(deps, id));
  output.print({ sourceId: id, keys }, keys.length === 0 ? `${id} has no keys` : keys.map(keyLine).join('\n'));
}

async function rotate(id: string, { key, grace, dataDir }: CommonFlags & { key?: string; grace: number }, output: Output): Promise<void> {
  const { rotateKey } = await import('../source/source-admin');
  const made = await withSources({ dataDir }, (deps) => rotateKey(deps, id, { keyId: key, graceMs: grace }));
  printKey(made, output, `the old key ${made.old.id} works until ${made.old.expiresAt}`);
}

async function revoke(id: string, keyId: string, flags: CommonFlags, output: Output): Promise<void> {
  const { revokeKey } = await import('../source/source-admin');
  const key = await withSources(flags, (deps) => revokeKey(deps, id, keyId));
  output.print({ sourceId: id, key }, `key ${key.id} of ${id} is out`);
}

function keyOf({ scopes, label, expires }: KeyFlags, { now }: AdminDeps) {
  return { scopes, label, expiresAtMs: expires === undefined ? null : now() + expires };
}

function printKey(made: NewKey, output: Output, remark?: string): void {
  const { sourceId, writeKey, key } = made;
  const lines = [writeKey, `  of ${sourceId}, ${keyLine(key)}`, '  it is not stored and not shown again'];
  output.print(made, [...lines, ...(remark === undefined ? [] : [`  ${remark}`])].join('\n'));
}

function printSource(source: ShownSource, output: Output): void {
  const { stored, settings, problem, keys } = source;
  const lines = [
    lineOf(source),
    `  stored settings  ${JSON.stringify(stored)}`,
    problem === null
      ? `  in effect        ${JSON.stringify(settings)}`
      : `  NOT in effect: ${problem.replaceAll('\n', '\n  ')}\n  collectors use the former settings, after a restart the strictest`,
    ...keys.map((key) => `  key ${keyLine(key)}`),
  ];
  output.print(source, lines.join('\n'));
}

function lineOf({ sourceId, name, enabled, keys, problem }: ShownSource): string {
  const inForce = keys.filter(({ expired }) => !expired).length;
  const parts = [
    sourceId,
    ...(name === sourceId ? [] : [name]),
    enabled ? 'enabled' : 'disabled',
    `${inForce} ${inForce === 1 ? 'key' : 'keys'}`,
  ];
  return [...parts, ...(problem === null ? [] : ['settings are wrong'])].join('  ');
}

function keyLine({ id, label, scopes, createdAt, expiresAt, expired }: ShownKey): string {
  const end = expiresAt === null ? '' : `, ${expired ? 'expired' : 'expires'} ${expiresAt}`;
  return `${id}  ${scopes.join(',')}${label === '' ? '' : `  "${label}"`}  since ${createdAt}${end}`;
}

async function readJson(file: string): Promise<unknown> {
  const { readFile } = await import('node:fs/promises');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError('--file', file, error instanceof SyntaxError ? 'is not JSON' : 'cannot be read');
  }
}

async function withSources<T>(flags: CommonFlags, work: (deps: AdminDeps) => Promise<T>): Promise<T> {
  const { withStores } = await import('../stores');
  return withStores('source', flags, ({ database, now }, hashKey) =>
    work({ sources: database.sources, now, canHash: hashKey !== undefined }),
  );
}
