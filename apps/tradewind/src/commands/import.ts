import { Option } from 'commander';
import { AppError } from '@tradewind/contracts';
import { UsageError, type Command, type Output } from '../command';
import { wholeNumber } from '../options';
import { createConvert } from '../import/convert';
import { fileId } from '../import/file-id';
import { ImportEnded, importRows, type ImportProgress, type ImportSummary } from '../import/import-rows';
import { IMPORT_KINDS, createMapping, parseMap, type ImportKind, type MappedField } from '../import/mapping';
import { IMPORT_FORMATS, formatOf, openRows, type ImportFormat } from '../import/open-rows';
import { startOwnCollector } from '../import/own-collector';

interface ImportFlags {
  readonly as: ImportKind;
  readonly format?: ImportFormat;
  readonly map: readonly MappedField[];
  readonly rest: boolean;
  readonly delimiter?: string;
  readonly columns?: string;
  readonly decimal: '.' | ',';
  readonly timeFormat: string;
  readonly timeZone: string;
  readonly url: string;
  readonly direct?: boolean;
  readonly dataDir?: string;
  readonly writeKey?: string;
  readonly fromRow: number;
  readonly limit?: number;
  readonly batch: number;
  readonly concurrency: number;
  readonly dryRun?: boolean;
}

/** `tradewind import FILE`: rows of CSV, NDJSON or Parquet as events, catalogue items or posts, through the collector. */
export const importCommand: Command = {
  name: 'import',
  register(program, output) {
    program
      .command('import')
      .description('send the rows of a CSV, NDJSON or Parquet file to the collector; FILE may end in .gz')
      .argument('<file>')
      .addOption(new Option('--as <kind>', 'what the rows are').choices(IMPORT_KINDS).default('events'))
      .addOption(new Option('--format <format>', "of FILE (default: by its name's end)").choices(IMPORT_FORMATS))
      .option(
        '--map <fields>',
        'target=column, target:type=column or target="constant", e.g. \'userId=customer_id,event="Order Completed"\'; may be repeated',
        (text: string, before: readonly MappedField[]) => [...before, ...parseMap(text)],
        [],
      )
      .option('--no-rest', 'leave out columns that --map does not name')
      .option('--delimiter <character>', 'CSV: between fields (default: a comma; a tab for .tsv)')
      .option('--columns <names>', 'CSV: names of the columns of a file without a line of them, separated by commas')
      .addOption(new Option('--decimal <character>', 'before the decimals of numbers').choices(['.', ',']).default('.'))
      .option('--time-format <pattern>', 'e.g. dd/MM/yyyy HH:mm; auto: ISO 8601 or since 1970 in s, ms, µs or ns', 'auto')
      .option('--time-zone <zone>', 'of times that tell none, e.g. Europe/London', 'UTC')
      .option('--url <url>', 'base URL of the collector', 'http://127.0.0.1:3000')
      .option('--direct', 'start a collector in this process, over the stores that the settings name')
      .option('--data-dir <folder>', 'with --direct: where embedded stores live (default: DATA_DIR or .tradewind)')
      .option('--write-key <key>', 'write key of the source to send as')
      .option('--from-row <row>', 'go on at this row', wholeNumber(1), 1)
      .option('--limit <rows>', 'stop after this many rows', wholeNumber(1))
      .option('--batch <rows>', 'rows of one request', wholeNumber(1, 5_000), 500)
      .option('--concurrency <requests>', 'requests in flight', wholeNumber(1, 64), 4)
      .option('--dry-run', 'read and convert, show the first entry, send nothing')
      .action((file: string, flags: ImportFlags) => run(file, flags, output));
  },
};

async function run(file: string, flags: ImportFlags, output: Output): Promise<void> {
  const format = flags.format ?? formatOf(file);
  if (format === undefined) throw new UsageError('<file>', file, `say what it is with --format ${IMPORT_FORMATS.join('|')}`);
  if (flags.writeKey === undefined && !flags.dryRun)
    throw new UsageError('--write-key', '', 'give a write key of the source to send as, or --dry-run to send nothing');
  if (!URL.canParse(flags.url)) throw new UsageError('--url', flags.url, 'give e.g. http://127.0.0.1:3000');
  const { as, map: fields, rest: keepRest, decimal, timeFormat, timeZone } = flags;
  const toEntry = createMapping({ as, fields, keepRest, convert: createConvert({ decimal, format: timeFormat, zone: timeZone }) });
  const csv = { delimiter: delimiterOf(file, flags.delimiter), columns: flags.columns?.split(',').map((name) => name.trim()) };
  const reader = await openRows(file, format, csv);
  try {
    const idPrefix = await fileId(file, { as, fields, keepRest, decimal, timeFormat, timeZone, ...csv });
    await send(file, { toEntry, idPrefix, reader }, flags, output);
  } finally {
    await reader.close();
  }
}

type Reader = Awaited<ReturnType<typeof openRows>>;

async function send(
  file: string,
  { toEntry, idPrefix, reader }: { toEntry: ReturnType<typeof createMapping>; idPrefix: string; reader: Reader },
  flags: ImportFlags,
  output: Output,
): Promise<void> {
  const own = flags.direct && !flags.dryRun ? await startOwnCollector('import', flags.dataDir) : null;
  const progress = output.progress({ label: 'importing', unit: 'rows', ...(flags.limit !== undefined && { total: flags.limit }) });
  const aborting = new AbortController();
  const stop = () => aborting.abort(new AppError('SHUTTING_DOWN', 'import interrupted'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const summary = await importRows({
      rows: reader.rows(),
      as: flags.as,
      toEntry,
      idPrefix,
      url: own?.url ?? flags.url,
      writeKey: flags.writeKey ?? '',
      fromRow: flags.fromRow,
      ...(flags.limit !== undefined && { limit: flags.limit }),
      batchRows: flags.batch,
      concurrency: flags.concurrency,
      ...(flags.dryRun && { dryRun: true }),
      signal: aborting.signal,
      onProgress: (state) => progress.update(state.rows, noteOf(state, reader.readRatio())),
    });
    progress.finish();
    output.print({ file, ...summary }, textOf(summary, flags.dryRun ?? false));
  } catch (error) {
    throw error instanceof ImportEnded ? endedError(error) : error;
  } finally {
    progress.finish();
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await own?.close();
  }
}

/** A bug stays one; anything else says where to go on. */
function endedError({ cause, progress }: ImportEnded): unknown {
  if (!(cause instanceof AppError)) return cause;
  const { rows, nextRow } = progress;
  const message = `${cause.message}; ${rows.toLocaleString('en')} rows are done, go on with --from-row ${nextRow}`;
  return new AppError(cause.code, message, { cause: cause.cause });
}

function delimiterOf(file: string, given: string | undefined): string {
  if (given === undefined) return /\.tsv(\.|$)/i.test(file) ? '\t' : ',';
  return given === '\\t' || given === 'tab' ? '\t' : given;
}

function noteOf({ rejected, unreadable, retried }: ImportProgress, readRatio: number): string {
  const parts = [`${Math.floor(readRatio * 100)} % of the file`];
  if (rejected > 0) parts.push(`${rejected} rejected`);
  if (unreadable > 0) parts.push(`${unreadable} unreadable`);
  if (retried > 0) parts.push(`${retried} retries`);
  return parts.join('  ');
}

function textOf(summary: ImportSummary, dryRun: boolean): string {
  const { rows, accepted, rejected, dropped, unreadable, retried, seconds, rowsPerSecond, byCode, firstBad, sample } = summary;
  const number = (value: number) => value.toLocaleString('en');
  const lines = [`${number(rows)} rows in ${seconds.toFixed(1)} s: ${number(rowsPerSecond)} rows/s`];
  if (dryRun) lines.push(`nothing was sent; the first entry: ${JSON.stringify(sample)}`);
  else
    lines.push(
      `${number(accepted)} accepted, ${number(rejected)} rejected, ${number(dropped)} dropped, ${number(retried)} requests repeated`,
    );
  if (unreadable > 0) lines.push(`${number(unreadable)} rows could not be read and were not sent`);
  for (const [code, count] of Object.entries(byCode)) lines.push(`  ${code} ${number(count)}`);
  for (const { row, line, code, reason } of firstBad) lines.push(`row ${row}, line ${line}: ${code}: ${reason}`);
  return lines.join('\n');
}
