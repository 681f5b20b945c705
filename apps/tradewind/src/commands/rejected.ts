import { Option, type Command as Program } from 'commander';
import type { EventLog } from '@tradewind/eventing';
import { UsageError, type Command, type Output } from '../command';
import { wholeNumber } from '../options';
import { parseRemove, parseRename, parseSet, type Edit } from '../rejected/edits';
import type { RejectedFilter, RejectedLetter } from '../rejected/rejected-letters';
import type { ReplayRejectedReport } from '../rejected/replay-rejected';

interface FilterFlags {
  readonly source?: string;
  readonly code?: string;
  readonly since?: number;
  readonly limit?: number;
  readonly dataDir?: string;
}

interface ReplayFlags extends FilterFlags {
  readonly set: readonly Edit[];
  readonly rename: readonly Edit[];
  readonly remove: readonly Edit[];
  readonly url: string;
  readonly direct?: boolean;
  readonly writeKey?: string;
  readonly dryRun?: boolean;
  readonly again?: boolean;
}

/** `tradewind rejected`: what ingest refused: look at it, mend it, send it through the collector again. */
export const rejectedCommand: Command = {
  name: 'rejected',
  register(program, output) {
    const rejected = program.command('rejected').description('what ingest refused: list it, show it, mend it and send it again');
    filter(rejected.command('list').description('how many, by source and code')).action((flags: FilterFlags) => list(flags, output));
    filter(rejected.command('show').description('the newest, with why, as they came'))
      .option('--limit <entries>', 'entries to show', wholeNumber(1), 10)
      .action((flags: FilterFlags) => show(flags, output));
    edits(filter(rejected.command('replay').description('rename, remove, set (in this order), and send through the collector again')))
      .option('--limit <entries>', 'entries to send at most', wholeNumber(1))
      .option('--url <url>', 'base URL of the collector', 'http://127.0.0.1:3000')
      .option('--direct', 'start a collector in this process, over the stores that the settings name')
      .option('--write-key <key>', 'write key of the source')
      .option('--dry-run', 'only say how many would be good, and show the first')
      .option('--again', 'also what was replayed before')
      .action((flags: ReplayFlags) => replay(flags, output));
  },
};

function filter(command: Program): Program {
  return command
    .option('--source <source>', 'of this source')
    .option('--code <code>', 'of this code, e.g. EVENT_INVALID')
    .option('--since <time>', 'received since then, ISO 8601', parseTime)
    .addOption(new Option('--data-dir <folder>', 'where the embedded log lives (default: DATA_DIR or .tradewind)'));
}

function edits(command: Program): Program {
  const collect = (parse: (text: string) => Edit) => (text: string, before: readonly Edit[]) => [...before, parse(text)];
  return command
    .option('--set <path=json>', 'put a value there, e.g. properties.currency="EUR"; may be repeated', collect(parseSet), [])
    .option('--rename <from=to>', 'e.g. properties.products.*.cost=properties.products.*.price; may be repeated', collect(parseRename), [])
    .option('--remove <path>', 'may be repeated', collect(parseRemove), []);
}

function parseTime(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new UsageError('--since', text, 'give a time such as 2024-05-01T12:00:00Z');
  return timeMs;
}

function filterOf({ source, code, since }: FilterFlags): RejectedFilter {
  return { source, code, sinceMs: since };
}

async function list(flags: FilterFlags, output: Output): Promise<void> {
  const { readRejected } = await import('../rejected/rejected-letters');
  const counts = new Map<string, Counts>();
  await withLog(flags, async (log) => {
    for await (const letter of readRejected(log, filterOf(flags))) countLetter(counts, letter);
  });
  const rejected = [...counts.values()].sort((a, b) => b.entries - a.entries);
  output.print({ rejected }, rejected.length === 0 ? 'nothing was refused' : rejected.map(describeCounts).join('\n'));
}

interface Counts {
  readonly source: string;
  readonly code: string;
  entries: number;
  oldest: string;
  newest: string;
  /** Of the newest. */
  reason: string;
}

function countLetter(counts: Map<string, Counts>, { sourceId, code, reason, receivedAtMs }: RejectedLetter): void {
  const key = `${sourceId}\n${code}`;
  const at = new Date(receivedAtMs).toISOString();
  const counted = counts.get(key) ?? { source: sourceId, code, entries: 0, oldest: at, newest: '', reason: '' };
  counts.set(key, counted);
  counted.entries++;
  if (at < counted.oldest) counted.oldest = at;
  if (at >= counted.newest) Object.assign(counted, { newest: at, reason });
}

function describeCounts({ source, code, entries, oldest, newest, reason }: Counts): string {
  return `${source}  ${code}  ${entries}, ${oldest} to ${newest}\n  ${reason}`;
}

async function show(flags: FilterFlags, output: Output): Promise<void> {
  const { readRejected } = await import('../rejected/rejected-letters');
  const newest: RejectedLetter[] = [];
  const { limit = 10 } = flags;
  await withLog(flags, async (log) => {
    for await (const letter of readRejected(log, filterOf(flags))) {
      newest.push(letter);
      if (newest.length >= 2 * limit) keepNewest(newest, limit);
    }
  });
  const rejected = keepNewest(newest, limit).map(shown);
  output.print({ rejected }, rejected.map(describeShown).join('\n\n') || 'nothing was refused');
}

function keepNewest(letters: RejectedLetter[], limit: number): RejectedLetter[] {
  letters.sort((a, b) => b.receivedAtMs - a.receivedAtMs).splice(limit);
  return letters;
}

function shown({ record, sourceId, code, reason, messageId, kind, type, receivedAtMs, original }: RejectedLetter) {
  const at = `${record.partition}/${record.offset}`;
  const receivedAt = new Date(receivedAtMs).toISOString();
  return { at, source: sourceId, code, reason, kind, type, messageId, receivedAt, bytes: original.length, original: original.toString() };
}

function describeShown({ at, source, code, reason, kind, type, receivedAt, original }: ReturnType<typeof shown>): string {
  return `${at}  ${code}  ${reason}\n  ${source}, ${type || kind}, ${receivedAt}\n  ${original || 'not kept'}`;
}

async function replay(flags: ReplayFlags, output: Output): Promise<void> {
  const { source, direct, dryRun, writeKey } = flags;
  if (source === undefined) throw new UsageError('--source', '', 'name the source whose entries are to be sent again');
  if (writeKey === undefined && !dryRun) throw new UsageError('--write-key', '', 'give a write key of the source, or --dry-run');
  if (!URL.canParse(flags.url)) throw new UsageError('--url', flags.url, 'give e.g. http://127.0.0.1:3000');
  if (!direct || dryRun) return withLog(flags, (log) => replayFrom(log, { ...flags, source }, output));
  const { startOwnCollector } = await import('../import/own-collector');
  const own = await startOwnCollector('rejected', flags.dataDir);
  try {
    await replayFrom(own.platform.log, { ...flags, source, url: own.url }, output);
  } finally {
    await own.close();
  }
}

async function replayFrom(log: EventLog, flags: ReplayFlags & { source: string }, output: Output): Promise<void> {
  const [{ replayRejected }, { createCollectorClient }] = await Promise.all([
    import('../rejected/replay-rejected'),
    import('../replay/collector-client'),
  ]);
  const aborting = new AbortController();
  const stop = () => aborting.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = output.progress({ label: flags.dryRun ? 'judging' : 'replaying', unit: 'entries' });
  const { url, writeKey = '', source, limit, again } = flags;
  const client = flags.dryRun ? null : createCollectorClient({ url, writeKey, connections: 1 });
  try {
    const report = await replayRejected({
      log,
      client,
      source,
      filter: { code: flags.code, sinceMs: flags.since },
      edits: [...flags.rename, ...flags.remove, ...flags.set],
      ...(limit !== undefined && { limit }),
      ...(again && { again }),
      signal: aborting.signal,
      onProgress: (sent) => progress.update(sent),
    });
    progress.finish();
    output.print(report, describeReport(report));
  } finally {
    progress.finish();
    client?.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function describeReport({
  source,
  dryRun,
  sent,
  good,
  stillBad,
  reasons,
  unreadable,
  replayedBefore,
  sample,
}: ReplayRejectedReport): string {
  const lines = [`${sent} entries of ${source} ${dryRun ? 'would be sent' : 'sent'} again: ${good} good`];
  for (const [code, times] of Object.entries(stillBad)) lines.push(`  ${times} refused again: ${code}`);
  if (unreadable > 0) lines.push(`  ${unreadable} are no JSON objects or were not kept, and stay`);
  if (replayedBefore > 0) lines.push(`  ${replayedBefore} were replayed before (--again sends them too)`);
  lines.push(...reasons.map((reason) => `  ${reason}`));
  if (dryRun && sample !== null) lines.push(`the first: ${JSON.stringify(sample)}`);
  return lines.join('\n');
}

/** The log that the settings name, or the embedded one of the data folder; closed again. */
async function withLog<T>({ dataDir }: Pick<FilterFlags, 'dataDir'>, work: (log: EventLog) => Promise<T>): Promise<T> {
  const { openToolLog } = await import('../open-tool-log');
  const log = await openToolLog('rejected', dataDir);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}
