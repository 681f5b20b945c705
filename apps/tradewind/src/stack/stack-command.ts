import { Argument, Option, type Command as Program } from 'commander';
import type { Command, Output } from '../command';
import { portNumber } from '../options';
import { SERVER_NAMES, type ServerName } from './server';
import { exportLines, openStack, type ServerStatus, type StackControl, type StackReport } from './stack';

interface CommonOptions {
  readonly dataDir: string;
  readonly docker: boolean;
}

interface UpOptions extends CommonOptions {
  readonly kafkaPort?: number;
  readonly redisPort?: number;
  readonly postgresPort?: number;
}

/** `tradewind stack up|down|status|kill|start`: real Kafka, Redis and PostgreSQL on this machine. */
export const stackCommand: Command = {
  name: 'stack',
  register(program, output) {
    const stack = program.command('stack').description('real Kafka, Redis and PostgreSQL on this machine, by Docker or as local processes');
    const open = ({ dataDir, docker }: CommonOptions) => openStack({ dataDir, docker, output });
    registerUp(stack, open, output);
    registerDown(stack, open, output);
    common(stack.command('status').description('what runs, and its settings')).action(async (options: CommonOptions) =>
      print(await open(options).status(), output),
    );
    registerCrashTools(stack, open, output);
  },
};

type Open = (options: CommonOptions) => StackControl;

function common(command: Program): Program {
  return command
    .addOption(new Option('--data-dir <folder>', 'the stack lives in <folder>/stack').env('DATA_DIR').default('.tradewind'))
    .option('--no-docker', 'local processes, even where Docker answers');
}

function registerUp(stack: Program, open: Open, output: Output): void {
  common(stack.command('up'))
    .description('start what is not running, wait until it serves, print the settings')
    .option('--kafka-port <port>', 'default: 9092, or a free one', portNumber)
    .option('--redis-port <port>', 'default: 6379, or a free one', portNumber)
    .option('--postgres-port <port>', 'default: 5432, or a free one', portNumber)
    .action(async (options: UpOptions) => {
      print(await open(options).up({ kafka: options.kafkaPort, redis: options.redisPort, postgres: options.postgresPort }), output);
    });
}

function registerDown(stack: Program, open: Open, output: Output): void {
  common(stack.command('down'))
    .description('stop what runs')
    .option('--wipe', 'and remove its data')
    .action(async (options: CommonOptions & { readonly wipe?: boolean }) =>
      print(await open(options).down({ wipe: options.wipe === true }), output),
    );
}

/** For crash tests: one server at a time. */
function registerCrashTools(stack: Program, open: Open, output: Output): void {
  const server = () => new Argument('<server>').choices(SERVER_NAMES);
  common(stack.command('kill').addArgument(server()).description('SIGKILL one server, as a crash would')).action(
    async (name: ServerName, options: CommonOptions) => {
      await open(options).kill(name);
      output.print({ killed: name }, `${name} killed`);
    },
  );
  common(stack.command('start').addArgument(server()).description('start one server again, on its last port')).action(
    async (name: ServerName, options: CommonOptions) => {
      const status = await open(options).start(name);
      output.print(status, describe(status));
    },
  );
}

function print(report: StackReport, output: Output): void {
  for (const status of report.servers) output.note(describe(status));
  output.print(report, exportLines(report.settings));
}

function describe({ name, state, port, pid }: ServerStatus): string {
  return [name.padEnd(9), state, ...(port === undefined ? [] : [`port ${port}`]), ...(pid === undefined ? [] : [`pid ${pid}`])].join(' ');
}
