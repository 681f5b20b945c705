import { join } from 'node:path';
import { portNumber } from '../options';
import type { Command, Output } from '../command';
import { workspaceRoot } from '../workspace-root';

interface UpFlags {
  readonly demo?: boolean;
  readonly port?: number;
  readonly dataDir?: string;
}

/** `tradewind up`: every service in one process. */
export const upCommand: Command = {
  name: 'up',
  register(program, output) {
    program
      .command('up')
      .description('run all services in this process; Kafka, Redis and PostgreSQL when set, else embedded')
      .option('--demo', 'stream the sample data (UCI Online Retail) through the collector')
      .option('--port <port>', 'HTTP port (default: PORT or 3000)', portNumber)
      .option('--data-dir <dir>', 'where embedded stores live (default: DATA_DIR or .tradewind)')
      .action((flags: UpFlags) => run(flags, output));
  },
};

async function run(flags: UpFlags, output: Output): Promise<void> {
  const [{ processEnvironment, runProcess }, { SERVICES }, { DEMO_SETTINGS, runDemo }] = await Promise.all([
    import('@tradewind/runtime'),
    import('../services'),
    import('../demo/demo'),
  ]);
  const env = {
    ...processEnvironment(),
    ...(flags.demo && DEMO_SETTINGS),
    ...(flags.port !== undefined && { PORT: String(flags.port) }),
    ...(flags.dataDir !== undefined && { DATA_DIR: flags.dataDir }),
  };
  const running = await runProcess(SERVICES, { env, name: 'tradewind' });
  if (running === null) return;
  output.note(`\nTradewind is up: ${running.url}   (Ctrl-C ends it)\n`);
  if (flags.demo) await runDemo({ running, output, file: join(workspaceRoot(), 'data/online-retail/online_retail.csv.br') });
}
