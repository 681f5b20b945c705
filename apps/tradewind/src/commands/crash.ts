import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '@tradewind/contracts';
import type { Command, Output } from '../command';
import { wholeNumber } from '../options';

interface CrashFlags {
  readonly events: number;
  readonly kills: number;
  readonly seed: number;
  readonly dataDir?: string;
}

/** `tradewind crash-test`: kill -9 of services and broker during a replay, and proof that nothing is lost, doubled or out of order. */
export const crashCommand: Command = {
  name: 'crash-test',
  register(program, output) {
    program
      .command('crash-test')
      .description('kill -9 services and broker during a replay on servers of its own, then compare with undisturbed runs')
      .option('--events <events>', 'events of the sample data to replay', wholeNumber(1_000, 540_000), 200_000)
      .option('--kills <kills>', 'SIGKILLs in all', wholeNumber(0, 1_000), 10)
      .option('--seed <seed>', 'of what is killed when', wholeNumber(0, 2 ** 32 - 1), 1)
      .option('--data-dir <folder>', 'for servers and logs; kept (default: a temporary folder, removed after success)')
      .action((flags: CrashFlags) => run(flags, output));
  },
};

async function run({ events, kills, seed, dataDir }: CrashFlags, output: Output): Promise<void> {
  const { crashTest, describeReport } = await import('../crash/crash-test');
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'tradewind-crash-')) : resolve(dataDir);
  const report = await crashTest({ dataDir: folder, events, kills, seed, output });
  output.print(report, describeReport(report));
  if (!report.ok) throw new AppError('HANDLER_FAILED', `the crash test found differences; logs are in ${join(folder, 'logs')}`);
  if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
}
