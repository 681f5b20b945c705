import { AppError, describeError } from '@tradewind/contracts';
import { Command as Program, CommanderError } from 'commander';
import { type Command, type Output, UsageError } from './command';
import { benchCommand } from './commands/bench';
import { dlqCommand } from './commands/dlq';
import { evaluateCommand } from './commands/evaluate';
import { importCommand } from './commands/import';
import { modelCommand } from './commands/model';
import { crashCommand } from './commands/crash';
import { faultCommand } from './commands/fault';
import { fuzzCommand } from './commands/fuzz';
import { planCommand } from './commands/plan';
import { privacyCommand } from './commands/privacy';
import { rejectedCommand } from './commands/rejected';
import { replayCommand } from './commands/replay';
import { segmentCommand } from './commands/segment';
import { serviceCommand } from './commands/service';
import { sourceCommand } from './commands/source';
import { trainCommand } from './commands/train';
import { upCommand } from './commands/up';
import { doctorCommand } from './doctor/doctor-command';
import { createProgress } from './progress';
import { stackCommand } from './stack/stack-command';

/** Every command, in the order of the help. */
const COMMANDS: readonly Command[] = [
  upCommand,
  stackCommand,
  serviceCommand,
  replayCommand,
  importCommand,
  trainCommand,
  evaluateCommand,
  modelCommand,
  sourceCommand,
  planCommand,
  segmentCommand,
  privacyCommand,
  dlqCommand,
  rejectedCommand,
  benchCommand,
  crashCommand,
  faultCommand,
  fuzzCommand,
  doctorCommand,
];

/** The streams the command line writes to. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
}

const OK = 0;
const FAILED = 1;
const USAGE = 2;

/**
 * Runs one command and resolves with its exit code: 0, 1 when it failed, 2 when it was called wrongly. Errors go to stderr as
 * one line for people, and with --json, unless the command has printed a result, also to stdout as
 * `{"error":{code,message}}`. A bug is not caught.
 */
export async function runCli(
  args: readonly string[],
  terminal: Terminal = process,
  commands: readonly Command[] = COMMANDS,
): Promise<number> {
  let isPrinted = false;
  const program = createProgram(terminal, commands, () => (isPrinted = true));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return OK;
  } catch (error) {
    const exit = exitOf(error);
    if (exit === null) throw error;
    if (exit.message !== null) terminal.stderr.write(`tradewind: ${exit.message}\n`);
    if (exit.code !== OK && !isPrinted && args.includes('--json'))
      terminal.stdout.write(`${JSON.stringify({ error: { code: exit.name, message: describe(error) } })}\n`);
    return exit.code;
  }
}

function createProgram(terminal: Terminal, commands: readonly Command[], onPrint: () => void): Program {
  const program = new Program('tradewind')
    .description("Turns a shop's clickstream into marketing decisions in real time.")
    .option('--json', 'print the result as one JSON object')
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'tradewind:')),
    })
    .showHelpAfterError('(add --help to see the options)')
    .exitOverride();
  const output = createOutput(terminal, () => program.opts<{ json?: boolean }>().json === true, onPrint);
  for (const command of commands) command.register(program, output);
  return program;
}

function createOutput(terminal: Terminal, isJson: () => boolean, onPrint: () => void): Output {
  return {
    print(result, text) {
      onPrint();
      const line = isJson() ? JSON.stringify(result) : text.trimEnd();
      if (line !== '') terminal.stdout.write(`${line}\n`);
    },
    note: (text) => void terminal.stderr.write(`${text}\n`),
    progress: (options) => createProgress(options, terminal.stderr),
    get json() {
      return isJson();
    },
  };
}

/** How an expected error ends the command; null for a bug. `message` is null where commander has printed it already. */
function exitOf(error: unknown): { code: number; name: string; message: string | null } | null {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? OK : USAGE, name: 'USAGE', message: null };
  if (error instanceof UsageError) return { code: USAGE, name: 'USAGE', message: error.message };
  if (error instanceof AppError) return { code: FAILED, name: error.code, message: describeError(error) };
  return null;
}

function describe(error: unknown): string {
  return error instanceof UsageError || error instanceof CommanderError ? error.message.replace(/^error: /, '') : describeError(error);
}
