import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument, Option } from 'commander';
import { AppError } from '@tradewind/contracts';
import type { Command, Output } from '../command';
import { FAULTS, type FaultName } from '../fault/faults';
import { wholeNumber } from '../options';

interface FaultFlags {
  readonly fault: FaultName | 'all';
  readonly seconds: number;
  readonly rate: number;
  readonly dataDir?: string;
}

/** `tradewind fault-test ingest`: servers and collectors fail while the real SDKs send; what they count as delivered must be on the topic, in order. */
export const faultCommand: Command = {
  name: 'fault-test',
  register(program, output) {
    program
      .command('fault-test')
      .description(
        'breaks servers and collectors of its own while the real SDKs send, then compares what they count as delivered with the topic',
      )
      .addArgument(new Argument('<service>').choices(['ingest']))
      .addOption(new Option('--fault <fault>', 'one of them, or all in turn').choices([...FAULTS, 'all']).default('all'))
      .option('--seconds <seconds>', 'of each fault; a broker that is away stays so for 60', wholeNumber(1, 3_600), 20)
      .option('--rate <events>', 'events a second, all clients together', wholeNumber(10, 5_000), 200)
      .option('--data-dir <folder>', 'for servers and logs; kept (default: a temporary folder, removed after success)')
      .action((_service: string, flags: FaultFlags) => run(flags, output));
  },
};

async function run({ fault, seconds, rate, dataDir }: FaultFlags, output: Output): Promise<void> {
  const { describeFaults, faultTest } = await import('../fault/fault-test');
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'tradewind-fault-')) : resolve(dataDir);
  const report = await faultTest({ dataDir: folder, faults: fault === 'all' ? FAULTS : [fault], seconds, rate, output });
  output.print(report, describeFaults(report));
  if (!report.ok) throw new AppError('HANDLER_FAILED', `the fault test found differences; logs are in ${join(folder, 'logs')}`);
  if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
}
