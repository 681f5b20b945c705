import { Option, type Command as Program } from 'commander';
import type { EventLog } from '@tradewind/eventing';
import { UsageError, type Command, type Output } from '../command';
import type { LetterCounts } from '../dlq/list-letters';
import type { ReplayReport } from '../dlq/replay-letters';
import type { ShownLetter } from '../dlq/show-letters';
import { positiveNumber, wholeNumber } from '../options';

interface CommonFlags {
  readonly dataDir?: string;
}

interface ChoiceFlags extends CommonFlags {
  readonly code?: string;
  readonly limit?: number;
}

interface ReplayFlags extends ChoiceFlags {
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly again?: boolean;
}

/** `tradewind dlq`: what could not be handled or taken: look at it, and send it again. */
export const dlqCommand: Command = {
  name: 'dlq',
  register(program, output) {
    const dlq = program.command('dlq').description('records that could not be handled: list, show, replay; export what ingest refused');
    common(dlq.command('list').description('per topic: how many, by code and service')).action((flags: CommonFlags) => list(flags, output));
    choice(dlq.command('show'), 'letters to show, the newest', 10)
      .description('letters of a topic, the newest first, with why and what is in them')
      .argument('<topic>', 'clickstream.events.v1.dlq, or clickstream.events.v1 for short')
      .action((topic: string, flags: ChoiceFlags) => show(topic, flags, output));
    choice(dlq.command('replay'), 'letters to replay at most')
      .description('publish letters on their own topic again, as they were; what was replayed before is left out')
      .argument('<topic>')
      .option('--rate <letters>', 'letters per second', positiveNumber())
      .option('--dry-run', 'only say what would be replayed')
      .option('--again', 'also what was replayed before')
      .action((topic: string, flags: ReplayFlags) => replay(topic, flags, output));
    choice(dlq.command('export'), 'events to write at most')
      .description('write what ingest refused as lines of JSON, to be mended and sent with `tradewind replay`')
      .argument('<topic>', 'clickstream.rejected.v1')
      .argument('<file>')
      .action((topic: string, file: string, flags: ChoiceFlags) => exportTo(topic, file, flags, output));
  },
};

function common(command: Program): Program {
  return command.addOption(new Option('--data-dir <folder>', 'where the embedded log lives (default: DATA_DIR or .tradewind)'));
}

function choice(command: Program, limited: string, limit?: number): Program {
  return common(command)
    .option('--code <code>', 'only letters of this error code, e.g. RECORD_CORRUPT')
    .option('--limit <letters>', limited, wholeNumber(1), limit);
}

async function list(flags: CommonFlags, output: Output): Promise<void> {
  const { listLetters } = await import('../dlq/list-letters');
  const topics = await withLog(flags, (log) => listLetters(log));
  output.print({ topics }, topics.length === 0 ? 'no dead letters' : topics.map(describeCounts).join('\n'));
}

async function show(name: string, { limit = 10, code, ...flags }: ChoiceFlags, output: Output): Promise<void> {
  const [{ letterTopic }, { showLetters }] = await Promise.all([import('../dlq/letters'), import('../dlq/show-letters')]);
  const topic = letterTopic(name);
  const letters = await withLog(flags, (log) => showLetters(log, { topic, limit, code }));
  output.print({ topic, letters }, letters.length === 0 ? `${topic} has none` : letters.map(describeLetter).join('\n\n'));
}

async function replay(name: string, { dataDir, ...flags }: ReplayFlags, output: Output): Promise<void> {
  const [{ REJECTED_TOPIC, letterTopic }, { replayLetters }] = await Promise.all([
    import('../dlq/letters'),
    import('../dlq/replay-letters'),
  ]);
  const topic = letterTopic(name);
  if (topic === REJECTED_TOPIC)
    throw new UsageError('<topic>', name, 'what ingest refused would be refused again: mend and send it with `tradewind rejected replay`');
  const progress = output.progress({ label: flags.dryRun ? 'counting' : 'replaying', unit: 'letters' });
  const aborting = new AbortController();
  const stop = () => aborting.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const onProgress = (replayed: number) => progress.update(replayed);
    const report = await withLog({ dataDir }, (log) => replayLetters({ ...flags, log, topic, signal: aborting.signal, onProgress }));
    progress.finish();
    output.print(report, describeReport(report));
  } finally {
    progress.finish();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

async function exportTo(name: string, file: string, { code, limit, ...flags }: ChoiceFlags, output: Output): Promise<void> {
  const [{ REJECTED_TOPIC, letterTopic }, { exportRejected }] = await Promise.all([
    import('../dlq/letters'),
    import('../dlq/export-rejected'),
  ]);
  if (letterTopic(name) !== REJECTED_TOPIC)
    throw new UsageError('<topic>', name, `holds records as they were on the log: send them again with \`tradewind dlq replay ${name}\``);
  const report = await withLog(flags, (log) => exportRejected({ log, file, code, limit }));
  const missing = report.withoutType === 0 ? '' : `; ${report.withoutType} need a "type" (track, identify, …) before they are sent`;
  output.print(report, `${report.events} events in ${file}${missing}`);
}

/** The log that the settings name, or the embedded one of the data folder; closed again. */
async function withLog<T>({ dataDir }: CommonFlags, work: (log: EventLog) => Promise<T>): Promise<T> {
  const { openToolLog } = await import('../open-tool-log');
  const log = await openToolLog('dlq', dataDir);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

function describeCounts({ topic, letters, byCode, byService, oldest, newest }: LetterCounts): string {
  return [
    `${topic}  ${letters}, ${oldest} to ${newest}`,
    `  by code     ${talliesOf(byCode)}`,
    `  by service  ${talliesOf(byService)}`,
  ].join('\n');
}

function describeLetter({ at, from, key, code, reason, service, attempts, firstFailureAt, bytes, decoded, head }: ShownLetter): string {
  const tried = attempts === 0 ? '' : `, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return [
    `${at}  ${code}  ${reason}`,
    `  ${service}${tried}, first ${firstFailureAt}${from === null ? '' : `, from ${from}`}, key ${key ?? 'none'}, ${bytes} bytes`,
    decoded === null ? `  ${head ?? 'no value'}` : `  ${JSON.stringify(decoded)}`,
  ].join('\n');
}

function describeReport({ topic, dryRun, replayed, to, byCode, skipped }: ReplayReport): string {
  const lines = [`${replayed} letters of ${topic} ${dryRun ? 'would be replayed' : 'replayed'}`];
  if (replayed > 0) lines.push(`  to       ${talliesOf(to)}`, `  by code  ${talliesOf(byCode)}`);
  if (skipped.replayedBefore > 0) lines.push(`  ${skipped.replayedBefore} were replayed before (--again replays them too)`);
  if (skipped.otherCode > 0) lines.push(`  ${skipped.otherCode} have another code`);
  if (skipped.foreign > 0) lines.push(`  ${skipped.foreign} are no dead letters and stay`);
  return lines.join('\n');
}

function talliesOf(tallies: Readonly<Record<string, number>>): string {
  return Object.entries(tallies)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}
