import { AppError } from '@tradewind/contracts';
import { Option } from 'commander';
import type { Command } from '../command';
import { portNumber } from '../options';
import { checkDataDir, checkJava, checkNode, checkPort, checkProgram, checkServer, type Finding } from './checks';

interface DoctorOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly kafkaBrokers?: string;
  readonly redisUrl?: string;
  readonly databaseUrl?: string;
}

/** `tradewind doctor`: what on this machine would keep Tradewind from running, each with its remedy. */
export const doctorCommand: Command = {
  name: 'doctor',
  register(program, output) {
    program
      .command('doctor')
      .description('check this machine: Node.js, Java, ports, folders, backing services')
      .addOption(new Option('--data-dir <folder>', 'where state is kept').env('DATA_DIR').default('.tradewind'))
      .addOption(new Option('--port <port>', 'where the services will listen').env('PORT').default(3000).argParser(portNumber))
      .addOption(new Option('--kafka-brokers <list>', 'host:port[,host:port…]').env('KAFKA_BROKERS'))
      .addOption(new Option('--redis-url <url>', 'redis://host:port').env('REDIS_URL'))
      .addOption(new Option('--database-url <url>', 'postgresql://user:password@host:port/database').env('DATABASE_URL'))
      .action(async (options: DoctorOptions) => {
        const findings = await examine(options);
        output.print({ findings }, findings.map(describe).join('\n'));
        const failures = findings.filter(({ state }) => state === 'failure');
        if (failures.length > 0)
          throw new AppError(
            'CONFIG_INVALID',
            `${failures.length} of ${findings.length} checks failed: ${failures.map(({ check }) => check).join(', ')}`,
          );
      });
  },
};

export async function examine(options: DoctorOptions): Promise<Finding[]> {
  return [
    checkNode(),
    ...checkDataDir(options.dataDir),
    await checkPort(options.port, 'PORT'),
    await checkServer('KAFKA_BROKERS', options.kafkaBrokers, 9092),
    await checkServer('REDIS_URL', options.redisUrl, 6379),
    await checkServer('DATABASE_URL', options.databaseUrl, 5432),
    checkJava(),
    checkProgram('mvn', 'maven'),
    checkProgram('redis-server', 'redis-server'),
    checkProgram('postgres', 'postgresql'),
  ];
}

const MARKS = { ok: 'ok     ', warning: 'warning', failure: 'FAILURE' } as const;

function describe({ check, state, found, remedy }: Finding): string {
  return `${MARKS[state]}  ${check.padEnd(14)} ${found}${remedy === '' ? '' : `\n         → ${remedy}`}`;
}
