import { Option } from 'commander';
import type { TrainingReport } from '@tradewind/apps/trainer';
import { AppError } from '@tradewind/contracts';
import type { Command, Output } from '../command';

interface TrainFlags {
  readonly url?: string;
  readonly search: boolean;
}

/** `tradewind train`: learn from the log, evaluate on held-out data, publish what is better. */
export const trainCommand: Command = {
  name: 'train',
  register(program, output) {
    program
      .command('train')
      .description('learn from the log, evaluate on held-out data, publish what beats the live model')
      .addArgument(
        program.createArgument('[what]', 'which model').choices(['segmentation', 'recommender', 'predictions', 'all']).default('all'),
      )
      .addOption(new Option('--url <url>', 'ask a running process instead of opening the stores here (embedded stores have one owner)'))
      .option('--no-search', 'keep the hyperparameters of the live model instead of searching them anew')
      .action((what: string, flags: TrainFlags) => run(what, flags, output));
  },
};

async function run(what: string, flags: TrainFlags, output: Output): Promise<void> {
  const reports = flags.url === undefined ? await trainHere(what, flags.search, output) : await trainThere(flags.url, what, flags.search);
  output.print({ models: reports }, reports.map(textOf).join('\n\n'));
}

async function trainThere(url: string, what: string, search: boolean): Promise<TrainingReport[]> {
  const answer = await fetch(new URL(`/v1/train?what=${what}&search=${search}`, url), { method: 'POST' });
  if (!answer.ok) throw new AppError('HANDLER_FAILED', `POST ${url}/v1/train answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as TrainingReport[];
}

async function trainHere(what: string, search: boolean, output: Output): Promise<TrainingReport[]> {
  const [{ PLATFORM_SETTINGS, loadConfig, openPlatform }, { TRAINABLE, TRAINER_SETTINGS, createWorkerLearner, train }] = await Promise.all([
    import('@tradewind/runtime'),
    import('@tradewind/apps/trainer'),
  ]);
  const settings = loadConfig(PLATFORM_SETTINGS);
  const platform = await openPlatform('train', { ...settings, LOG_LEVEL: 'warn' }, { logTo: 'stderr' });
  const ending = new AbortController();
  const stop = () => ending.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = output.progress({ label: 'training', total: 100, unit: '%' });
  try {
    return await train(platform, createWorkerLearner(ending.signal), {
      what: TRAINABLE.filter((name) => what === 'all' || what === name),
      search,
      sensitiveTraits: loadConfig(TRAINER_SETTINGS).TRAINER_SENSITIVE_TRAITS,
      onProgress: (step, done) => progress.update(Math.round(done * 100), step),
    });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    progress.finish();
    await platform.close();
  }
}

function textOf({ model, version, promoted, reason, metrics, comparison }: TrainingReport): string {
  if (version === '') return `${model}: not trained, ${reason}`;
  const rows = Object.entries({ ...comparison, 'this one': metrics });
  const columns = [...new Set(rows.flatMap(([, values]) => Object.keys(values)))];
  const widths = columns.map((column) => Math.max(column.length, 7));
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(12)}${cells.map((cell, i) => cell.padStart(widths[i]! + 2)).join('')}`;
  const table = rows.map(([name, values]) =>
    line(
      name,
      columns.map((column) => (values[column] === undefined ? '' : String(Number(values[column].toFixed(4))))),
    ),
  );
  return [`${model} ${version}: ${promoted ? 'live' : 'kept as shadow'} (${reason})`, line('', columns), ...table].join('\n');
}
