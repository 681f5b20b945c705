import { Option, type Command as Program } from 'commander';
import type { ReleaseRow } from '@tradewind/persistence';
import type { Platform } from '@tradewind/runtime';
import type { Command, Output } from '../command';

interface ModelFlags {
  readonly dataDir?: string;
}

/** `tradewind model`: which versions there are, and which one is live. */
export const modelCommand: Command = {
  name: 'model',
  register(program, output) {
    const model = program.command('model').description('model releases: list them, make one live, go back to the one before');
    common(model.command('list'))
      .description('every version with stage, metrics and release time')
      .argument('[model]', 'customer-clusters, item-ranker (default: all)')
      .action((name: string | undefined, flags: ModelFlags) => list(name, flags, output));
    common(model.command('promote'))
      .description('make a version live; every service swaps to it without a failed request')
      .argument('<model>')
      .argument('<version>')
      .action((name: string, version: string, flags: ModelFlags) => promote(name, version, flags, output));
    common(model.command('rollback'))
      .description('make the version live that was live before')
      .argument('<model>')
      .action((name: string, flags: ModelFlags) => rollback(name, flags, output));
  },
};

function common(command: Program): Program {
  return command.addOption(new Option('--data-dir <folder>', 'where embedded stores live (default: DATA_DIR or .tradewind)'));
}

async function list(name: string | undefined, flags: ModelFlags, output: Output): Promise<void> {
  const { knownModels, listReleases } = await import('../model/releases');
  const names = knownModels(name);
  const models = await withPlatform(flags, (platform) => listReleases(platform.database, names));
  const rows = models.flatMap(({ model, releases }) =>
    releases.length === 0 ? [`${model}: no release yet`] : [model, ...releases.map(lineOf)],
  );
  output.print({ models }, rows.join('\n'));
}

async function promote(name: string, version: string, flags: ModelFlags, output: Output): Promise<void> {
  const { knownModels, promoteRelease } = await import('../model/releases');
  const [model] = knownModels(name);
  const release = await withPlatform(flags, (platform) => promoteRelease(platform, model!, version));
  print(release, output);
}

async function rollback(name: string, flags: ModelFlags, output: Output): Promise<void> {
  const { knownModels, rollBack } = await import('../model/releases');
  const [model] = knownModels(name);
  const release = await withPlatform(flags, (platform) => rollBack(platform, model!));
  print(release, output);
}

function print({ model, version, stage }: ReleaseRow, output: Output): void {
  output.print({ model, version, stage }, `${model} ${version} is live`);
}

async function withPlatform<T>({ dataDir }: ModelFlags, work: (platform: Platform) => Promise<T>): Promise<T> {
  const { PLATFORM_SETTINGS, loadConfig, openPlatform, processEnvironment } = await import('@tradewind/runtime');
  const settings = loadConfig(PLATFORM_SETTINGS, { ...processEnvironment(), ...(dataDir !== undefined && { DATA_DIR: dataDir }) });
  const level = settings.KAFKA_BROKERS === undefined ? 'error' : 'warn';
  const platform = await openPlatform('model', { ...settings, LOG_LEVEL: level }, { logTo: 'stderr' });
  try {
    return await work(platform);
  } finally {
    await platform.close();
  }
}

interface ListedRelease {
  readonly version: string;
  readonly stage: string;
  readonly releasedAt: string;
  readonly metrics: Readonly<Record<string, number>>;
}

function lineOf({ version, stage, releasedAt, metrics }: ListedRelease): string {
  const figures = Object.entries(metrics).map(([metric, value]) => `${metric} ${Number(value.toFixed(4))}`);
  return `  ${version}  ${stage.padEnd(7)}  ${releasedAt}  ${figures.join('  ')}`;
}
