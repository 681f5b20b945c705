import { Option, type Command as Program } from 'commander';
import type { RegulationName, SuppressionReceipt } from '@tradewind/apps/ingest';
import { UsageError, type Command, type Output } from '../command';
import type { ShownSuppression } from '../privacy/suppressions';

interface CommonFlags {
  readonly dataDir?: string;
}

interface WishFlags extends CommonFlags {
  readonly source: string;
  readonly file?: string;
  readonly erase?: boolean;
}

/** Of one run; each request takes as many as one over HTTP. */
const REQUEST_IDS = 5_000;

/** `tradewind privacy`: who must not be collected. */
export const privacyCommand: Command = {
  name: 'privacy',
  register(program, output) {
    const privacy = program.command('privacy').description('persons who must not be collected');
    wish(privacy.command('suppress'))
      .description('collect these persons no more: on every collector within seconds')
      .option('--erase', 'and have every service erase what it has of them')
      .action((ids: string[], flags: WishFlags) => ask(flags.erase ? 'SUPPRESS_WITH_DELETE' : 'SUPPRESS_ONLY', ids, flags, output));
    wish(privacy.command('unsuppress'))
      .description('collect them again')
      .action((ids: string[], flags: WishFlags) => ask('UNSUPPRESS', ids, flags, output));
    common(privacy.command('list'))
      .description('ids that are suppressed or to be erased')
      .option('--source <id>', 'only of this source')
      .action((flags: CommonFlags & { source?: string }) => list(flags, output));
  },
};

function common(command: Program): Program {
  return command.addOption(new Option('--data-dir <folder>', 'where embedded stores live (default: DATA_DIR or .tradewind)'));
}

function wish(command: Program): Program {
  return common(command)
    .argument('[ids...]', 'userIds and anonymousIds as the clients send them; ids linked to them go with them')
    .requiredOption('--source <id>', 'whose persons they are')
    .option('--file <file>', 'ids, one a line');
}

async function ask(regulation: RegulationName, ids: string[], { source, file, dataDir }: WishFlags, output: Output): Promise<void> {
  const [{ parseSuppressionRequest }, { suppressIds }, { withStores }] = await Promise.all([
    import('@tradewind/apps/ingest'),
    import('../privacy/suppressions'),
    import('../stores'),
  ]);
  const subjects = [...ids, ...(file === undefined ? [] : await readLines(file))];
  if (subjects.length === 0) throw new UsageError('<ids>', '', 'give ids, or --file with one a line');
  const requests = chunks(subjects).map((part) => parseSuppressionRequest({ regulation, subjects: part }));
  const receipts = await withStores('privacy', { dataDir }, async (platform, hashKey) => {
    const answers: SuppressionReceipt[] = [];
    for (const request of requests) answers.push(await suppressIds(platform, source, request, hashKey));
    return answers;
  });
  const onRecord = receipts.reduce((sum, receipt) => sum + receipt.ids, 0);
  const result = { regulation, source, subjects: subjects.length, ids: onRecord, requestIds: receipts.map(({ requestId }) => requestId) };
  output.print(result, `${regulation}: ${subjects.length} asked for, ${onRecord} ids on record with those linked to them`);
}

async function list({ source, dataDir }: CommonFlags & { source?: string }, output: Output): Promise<void> {
  const [{ listSuppressions }, { withStores }] = await Promise.all([import('../privacy/suppressions'), import('../stores')]);
  const suppressions = await withStores('privacy', { dataDir }, ({ log }) => listSuppressions(log, source));
  output.print({ suppressions }, suppressions.length === 0 ? 'nobody is suppressed' : suppressions.map(lineOf).join('\n'));
}

function lineOf({ sourceId, id, requestedId, suppressed, erase, requestedAt }: ShownSuppression): string {
  const what = [...(suppressed ? ['suppressed'] : []), ...(erase ? ['to be erased'] : [])].join(', ');
  return `${sourceId}  ${id}  ${what}  since ${requestedAt}${requestedId === id ? '' : `, linked to ${requestedId}`}`;
}

async function readLines(file: string): Promise<string[]> {
  const { readFile } = await import('node:fs/promises');
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  } catch {
    throw new UsageError('--file', file, 'cannot be read');
  }
}

function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / REQUEST_IDS) }, (_, i) => ids.slice(i * REQUEST_IDS, (i + 1) * REQUEST_IDS));
}
