import { readFile } from 'node:fs/promises';
import { Option, type Command as Program } from 'commander';
import { AppError, ERROR_CODES } from '@tradewind/contracts';
import type { Platform } from '@tradewind/runtime';
import { UsageError, type Command, type Output } from '../command';
import { wholeNumber } from '../options';

interface StoreFlags {
  readonly dataDir?: string;
}

interface ServiceFlags {
  readonly url: string;
}

/** `tradewind segment`: segments by rule. */
export const segmentCommand: Command = {
  name: 'segment',
  register(program, output) {
    const segment = program.command('segment').description('segments by rule: definitions, members, explanations');
    registerDefinitions(segment, output);
    registerQuestions(segment, output);
  },
};

/** What the database knows; services follow it. */
function registerDefinitions(segment: Program, output: Output): void {
  stores(segment.command('list'))
    .description('the newest version of each segment')
    .action((flags: StoreFlags) => list(flags, output));
  stores(segment.command('show'))
    .description('a segment as JSON')
    .argument('<segment>', 'its id')
    .action((id: string, flags: StoreFlags) => show(id, flags, output));
  stores(segment.command('put'))
    .description('store a segment, or a list of them, as the next version; services follow within seconds')
    .argument('[file]', 'JSON: {"id", "name", "when"}, or a list of such')
    .option('--examples', 'the ten that ship with Tradewind')
    .action((file: string | undefined, flags: StoreFlags & { examples?: boolean }) => put(file, flags, output));
  for (const name of ['enable', 'disable'] as const) {
    stores(segment.command(name))
      .description(name === 'enable' ? 'switch a segment on' : 'switch a segment off; its members leave')
      .argument('<segment>', 'its id')
      .action((id: string, flags: StoreFlags) => enable(id, name === 'enable', flags, output));
  }
}

/** What a running segmentation service knows. */
function registerQuestions(segment: Program, output: Output): void {
  service(segment.command('preview'))
    .description('how many a draft would have, among the newest events of the log')
    .argument('<file>', 'JSON: {"id", "name", "when"}')
    .option('--events <events>', 'most events to look at', wholeNumber(1, 2_000_000), 200_000)
    .action((file: string, flags: ServiceFlags & { events: number }) => preview(file, flags, output));
  service(segment.command('explain'))
    .description('why a user is in a segment or not, and what would change it')
    .argument('<user>', 'sourceId:userId')
    .argument('<segment>', 'its id')
    .action((user: string, id: string, flags: ServiceFlags) => {
      return ask(flags, `/v1/customers/${encodeURIComponent(user)}/segments/${encodeURIComponent(id)}`, output);
    });
  service(segment.command('members'))
    .description('who is in a segment, the newest first')
    .argument('<segment>', 'its id')
    .option('--limit <users>', 'at most so many', wholeNumber(1, 10_000), 100)
    .action((id: string, flags: ServiceFlags & { limit: number }) => {
      return ask(flags, `/v1/segments/${encodeURIComponent(id)}/members?limit=${flags.limit}`, output);
    });
  service(segment.command('overlap'))
    .description('how many users are in both of two segments')
    .option('--users <users>', 'look at so many', wholeNumber(1, 100_000), 10_000)
    .action((flags: ServiceFlags & { users: number }) => ask(flags, `/v1/segments/overlap?users=${flags.users}`, output));
}

function stores(command: Program): Program {
  return command.addOption(new Option('--data-dir <folder>', 'where embedded stores live (default: DATA_DIR or .tradewind)'));
}

function service(command: Program): Program {
  return command.option('--url <url>', 'where the segmentation service answers', 'http://127.0.0.1:3000');
}

async function list(flags: StoreFlags, output: Output): Promise<void> {
  const segments = await withPlatform(flags, ({ database }) => database.segments.list());
  const lines = segments.map(({ segmentId, version, name, enabled }) => `${segmentId}@${version}  ${name}${enabled ? '' : '  (off)'}`);
  output.print({ segments }, lines.length === 0 ? 'none; "tradewind segment put --examples" stores ten' : lines.join('\n'));
}

async function show(id: string, flags: StoreFlags, output: Output): Promise<void> {
  const segment = await withPlatform(flags, ({ database }) => database.segments.get(id));
  if (segment === null) throw new AppError('NOT_FOUND', `no segment ${id} is stored; "tradewind segment list" shows those that are`);
  output.print(segment, JSON.stringify(segment.rule, null, 2));
}

async function put(file: string | undefined, { examples, ...flags }: StoreFlags & { examples?: boolean }, output: Output): Promise<void> {
  if ((file === undefined) === (examples !== true)) throw new UsageError('<file>', file ?? '', 'name a file, or give --examples');
  const { EXAMPLE_SEGMENTS, putSegments } = await import('@tradewind/apps/segmentation');
  const value = file === undefined ? EXAMPLE_SEGMENTS : await readJson(file);
  const rules: readonly unknown[] = Array.isArray(value) ? value : [value];
  const segments = await withPlatform(flags, ({ database }) => putSegments(database.segments, rules));
  output.print({ segments }, segments.map(({ segmentId, version }) => `${segmentId}@${version}`).join('\n'));
}

async function enable(id: string, enabled: boolean, flags: StoreFlags, output: Output): Promise<void> {
  const { enableSegment } = await import('@tradewind/apps/segmentation');
  const segment = await withPlatform(flags, ({ database }) => enableSegment(database.segments, id, enabled));
  output.print(segment, `${segment.segmentId}@${segment.version} is ${enabled ? 'on' : 'off'}`);
}

async function preview(file: string, { url, events }: ServiceFlags & { events: number }, output: Output): Promise<void> {
  const body = JSON.stringify({ rule: await readJson(file), events });
  await ask({ url }, '/v1/segments/preview', output, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

/** Prints what the service answers. @throws with the service's own code */
async function ask({ url }: ServiceFlags, path: string, output: Output, request?: RequestInit): Promise<void> {
  const answer = await fetch(new URL(path, url), request).catch((cause: unknown) => {
    throw new UsageError(
      '--url',
      url,
      `nothing answers there (${cause instanceof Error ? cause.message : String(cause)}); is the service up?`,
    );
  });
  const body = (await answer.json()) as object;
  if (!answer.ok) {
    const { code, message } = (body as { error: { code: string; message: string } }).error;
    throw new AppError(ERROR_CODES.find((known) => known === code) ?? 'HANDLER_FAILED', message);
  }
  output.print(Array.isArray(body) ? { members: body } : body, JSON.stringify(body, null, 2));
}

async function withPlatform<T>(flags: StoreFlags, work: (platform: Platform) => Promise<T>): Promise<T> {
  const { withStores } = await import('../stores');
  return withStores('segment', flags, work);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError('<file>', file, error instanceof SyntaxError ? `is not JSON: ${error.message}` : 'cannot be read');
  }
}
