import { readFile, writeFile } from 'node:fs/promises';
import { Option, type Command as Program } from 'commander';
import type { PlanDocument } from '@tradewind/apps/ingest';
import { AppError } from '@tradewind/contracts';
import type { Platform } from '@tradewind/runtime';
import { UsageError, type Command, type Output } from '../command';
import { wholeNumber } from '../options';
import type { DraftReport } from '../plan/draft-from-log';
import type { ListedPlan } from '../plan/plans';
import type { Tallied } from '../plan/tally';

interface CommonFlags {
  readonly dataDir?: string;
}

interface PutFlags extends CommonFlags {
  readonly id?: string;
  readonly name?: string;
  readonly planVersion?: number;
}

interface ApplyFlags extends CommonFlags {
  readonly source: string;
  readonly plan?: string;
  readonly mode: 'allow' | 'flag' | 'block' | 'off';
  readonly unplanned?: string;
}

interface DraftFlags extends CommonFlags {
  readonly source: string;
  readonly last: number;
  readonly id?: string;
  readonly closed?: boolean;
  readonly out?: string;
}

const MODES = ['allow', 'flag', 'block'];
const SHOWN_TALLIES = 20;

/** `tradewind plan`: what events should look like, and which do not. */
export const planCommand: Command = {
  name: 'plan',
  register(program, output) {
    const plan = program.command('plan').description('tracking plans: JSON Schema per event, applied per source; violations');
    common(plan.command('list'))
      .description('every plan with its versions and the sources that use it')
      .action((flags: CommonFlags) => list(flags, output));
    common(plan.command('show'))
      .description('a plan as JSON')
      .argument('<plan>', 'id, or id@version (default: the newest)')
      .action((reference: string, flags: CommonFlags) => show(reference, flags, output));
    common(plan.command('put'))
      .description('store a plan; the next version, unless the file names one')
      .argument('<file>', 'JSON: a plan, or the rules that Segment Protocols or RudderStack export')
      .option('--id <id>', 'for a file that names none')
      .option('--name <name>', 'for a file that names none')
      .option('--plan-version <number>', 'for a file that names none', wholeNumber(1, 1_000_000))
      .action((file: string, flags: PutFlags) => put(file, flags, output));
    common(plan.command('apply'))
      .description('judge the events of a source by a plan; collectors follow within INGEST_SOURCES_REFRESH_MS')
      .requiredOption('--source <id>', 'the source')
      .option('--plan <plan>', 'id, or id@version (default: the newest)')
      .addOption(new Option('--mode <mode>', 'of events that break it').choices([...MODES, 'off']).default('flag'))
      .addOption(new Option('--unplanned <mode>', 'of events it does not name (default: what it says)').choices(MODES))
      .action((flags: ApplyFlags) => apply(flags, output));
    common(plan.command('check'))
      .description('judge a file of events, one JSON a line; exit code 1 when one breaks the plan')
      .argument('<file>', 'may end in .gz or .br')
      .requiredOption('--plan <plan>', 'id, id@version, or a JSON file with a plan')
      .action((file: string, flags: CommonFlags & { plan: string }) => check(file, flags, output));
    registerLogCommands(plan, output);
  },
};

function registerLogCommands(plan: Program, output: Output): void {
  common(plan.command('draft'))
    .description('a plan inferred from the events of a source on the log')
    .requiredOption('--source <id>', 'the source')
    .option('--last <events>', 'of each partition of the log', wholeNumber(1), 10_000)
    .option('--id <id>', 'of the plan (default: the source)')
    .option('--closed', 'properties that were not seen are violations')
    .option('--out <file>', 'write the plan there')
    .action((flags: DraftFlags) => draft(flags, output));
  common(plan.command('violations'))
    .description('what the events of a source broke its plan in, the most frequent first')
    .requiredOption('--source <id>', 'the source')
    .option('--last <violations>', 'how many to look at', wholeNumber(1), 10_000)
    .action((flags: CommonFlags & { source: string; last: number }) => violations(flags, output));
}

function common(command: Program): Program {
  return command.addOption(new Option('--data-dir <folder>', 'where embedded stores live (default: DATA_DIR or .tradewind)'));
}

async function list(flags: CommonFlags, output: Output): Promise<void> {
  const { listPlans } = await import('../plan/plans');
  const plans = await withPlatform(flags, ({ database }) => listPlans(database.plans, database.sources));
  output.print({ plans }, plans.map(lineOf).join('\n'));
}

async function show(reference: string, flags: CommonFlags, output: Output): Promise<void> {
  const plan = await loadPlan(reference, flags);
  output.print(plan, JSON.stringify(plan, null, 2));
}

async function put(file: string, { dataDir, id, name, planVersion: version }: PutFlags, output: Output): Promise<void> {
  const { putPlan, summaryOf } = await import('../plan/plans');
  const value = await readJson(file);
  const { plan, isNew } = await withPlatform({ dataDir }, ({ database }) => putPlan(database.plans, value, { id, name, version }));
  const { id: planId, version: planVersion, events } = plan;
  output.print({ id: planId, version: planVersion, events: events.length, isNew }, `${summaryOf(plan)}${isNew ? '' : ', as before'}`);
}

async function apply({ dataDir, source, plan, mode, unplanned }: ApplyFlags, output: Output): Promise<void> {
  if (mode !== 'off' && plan === undefined) throw new UsageError('--plan', '', 'name the plan, or give --mode off to use none');
  const [{ parsePlanReference, showPlan }, { changeSource }, { withStores }] = await Promise.all([
    import('../plan/plans'),
    import('../source/source-admin'),
    import('../stores'),
  ]);
  const applied = await withStores('plan', { dataDir }, async ({ database, now }, hashKey) => {
    const found = mode === 'off' ? null : await showPlan(database.plans, parsePlanReference(plan!));
    const use = found && { id: found.id, version: found.version, mode };
    const changes = [{ path: ['plan'], value: use }, ...(unplanned === undefined ? [] : [{ path: ['unplannedEvents'], value: unplanned }])];
    await changeSource({ sources: database.sources, now, canHash: hashKey !== undefined }, source, { changes });
    return use;
  });
  output.print(
    { sourceId: source, plan: applied },
    applied ? `${source}: ${applied.id}@${applied.version}, ${mode}` : `${source}: no plan`,
  );
}

async function check(file: string, { plan: reference, ...flags }: CommonFlags & { plan: string }, output: Output): Promise<void> {
  const [{ checkEvents }, { openNdjson }] = await Promise.all([import('../plan/check-events'), import('../replay/ndjson')]);
  const report = await checkEvents(await loadPlan(reference, flags), openNdjson(file).events(), Date.now);
  const { plan, events, following, breaking, invalid } = report;
  const summary = `${plan}: ${following} of ${events} events follow it, ${breaking} break it, ${invalid} are no events`;
  output.print(report, [summary, ...talliesOf(report.violations, 'line')].join('\n'));
  if (breaking + invalid > 0)
    throw new AppError('EVENT_INVALID', `${breaking + invalid} of ${events} events of ${file} do not follow ${plan}`);
}

async function draft({ dataDir, source, id = source, last, closed = false, out }: DraftFlags, output: Output): Promise<void> {
  const { draftFromLog } = await import('../plan/draft-from-log');
  const options = { sourceId: source, last, id, version: 1, name: `Draft from ${source}`, isClosed: closed };
  const report = await withPlatform({ dataDir }, ({ log }) => draftFromLog(log, options));
  if (out !== undefined) await writeFile(out, `${JSON.stringify(report.plan, null, 2)}\n`).catch((cause: unknown) => refuse(out, cause));
  for (const line of remarksOf(report)) output.note(line);
  const { events, sample } = report;
  output.print(report, out === undefined ? JSON.stringify(report.plan, null, 2) : `${events.length} kinds of ${sample} events in ${out}`);
}

async function violations({ source, last, ...flags }: CommonFlags & { source: string; last: number }, output: Output): Promise<void> {
  const { listViolations } = await import('../plan/list-violations');
  const report = await withPlatform(flags, ({ log }) => listViolations(log, { sourceId: source, last }));
  const { violations: count, events, oldest, newest, plans } = report;
  const summary =
    count === 0 ? `${source} has none` : `${count} violations of ${plans.join(', ')} in ${events} events, ${oldest} to ${newest}`;
  output.print(report, [summary, ...talliesOf(report.tallies, 'e.g.')].join('\n'));
}

/** From the database, or from a file without opening any store. */
async function loadPlan(reference: string, flags: CommonFlags): Promise<PlanDocument> {
  const [{ parsePlanReference, showPlan }, { BUILT_IN_PLANS, parsePlan }] = await Promise.all([
    import('../plan/plans'),
    import('@tradewind/apps/ingest'),
  ]);
  if (reference.endsWith('.json')) return parsePlan(await readJson(reference), { id: 'file', version: 1 });
  const { id, version } = parsePlanReference(reference);
  const builtIn = BUILT_IN_PLANS.find((plan) => plan.id === id && (version ?? plan.version) === plan.version);
  return builtIn ?? withPlatform(flags, ({ database }) => showPlan(database.plans, { id, version }));
}

async function withPlatform<T>(flags: CommonFlags, work: (platform: Platform) => Promise<T>): Promise<T> {
  const { withStores } = await import('../stores');
  return withStores('plan', flags, work);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError('<file>', file, error instanceof SyntaxError ? `is not JSON: ${error.message}` : 'cannot be read');
  }
}

function refuse(file: string, cause: unknown): never {
  throw new AppError('FILE_INVALID', `${file} cannot be written: name a file in a folder that is there`, { cause });
}

function lineOf({ id, name, versions, builtIn, events, usedBy }: ListedPlan): string {
  const kept = versions.length === 1 ? `version ${versions[0]}` : `versions ${versions.join(', ')}`;
  const users = usedBy.length === 0 ? '' : `  used by ${usedBy.join(', ')}`;
  return `${id}  ${name}  ${kept}${builtIn ? ' (built in)' : ''}  ${events} events${users}`;
}

function talliesOf(tallies: readonly Tallied[], exampleIs: string): string[] {
  const lines = tallies
    .slice(0, SHOWN_TALLIES)
    .map(({ count, event, type, description, example }) => `  ${count}  ${event}  ${type}: ${description}  (${exampleIs} ${example})`);
  return tallies.length > SHOWN_TALLIES ? [...lines, `  and ${tallies.length - SHOWN_TALLIES} other kinds`] : lines;
}

function remarksOf({ events }: DraftReport): string[] {
  return events.flatMap(({ type, name, remarks }) =>
    remarks.map(({ field, remark }) => `${type}${name === '' ? '' : ` "${name}"`}: ${field} ${remark}`),
  );
}
