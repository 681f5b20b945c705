import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument } from 'commander';
import { AppError } from '@tradewind/contracts';
import type { Command, Output } from '../command';
import { importForDevelopment } from '../development-packages';
import { wholeNumber } from '../options';

interface FuzzFlags {
  readonly bodies: number;
  readonly seed: number;
  readonly dataDir?: string;
}

/** `tradewind fuzz-test ingest`: generated requests to a collector of its own; none may crash it, get a 5xx, take over a second or leak memory. */
export const fuzzCommand: Command = {
  name: 'fuzz-test',
  register(program, output) {
    program
      .command('fuzz-test')
      .description(
        'sends generated requests to a collector of its own: no 5xx, no crash, no leak, none over a second, and all that it takes decodes',
      )
      .addArgument(new Argument('<service>').choices(['ingest']))
      .option('--bodies <bodies>', 'requests to send', wholeNumber(1, 10_000_000), 100_000)
      .option('--seed <seed>', 'of what is sent', wholeNumber(0, 2 ** 31 - 1), 1)
      .option('--data-dir <folder>', 'for its stores and what it finds; kept (default: a temporary folder, removed after success)')
      .action((_service: string, flags: FuzzFlags) => run(flags, output));
  },
};

async function run({ bodies, seed, dataDir }: FuzzFlags, output: Output): Promise<void> {
  const { describeFuzz, fuzzTest } = await importForDevelopment(() => import('../fuzz/fuzz-test'));
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'tradewind-fuzz-')) : resolve(dataDir);
  const report = await fuzzTest({ dataDir: folder, bodies, seed, output });
  output.print(report, describeFuzz(report));
  if (!report.ok) throw new AppError('HANDLER_FAILED', `the fuzz test found something; see ${folder}`);
  if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
}
