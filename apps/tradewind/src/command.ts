import type { Command as Program } from 'commander';
import type { Progress, ProgressOptions } from './progress';

/**
 * One command of the command line. `register` only declares it; the action loads what it needs with `await import(…)`, so that
 * `tradewind --help` stays quick. Add a file under commands/ and its line in cli.ts.
 */
export interface Command {
  readonly name: string;
  register(program: Program, output: Output): void;
}

/** Where a command's words go. */
export interface Output {
  /** The result: with --json `result` as one JSON object on stdout, else `text`. Call it once. */
  print(result: object, text: string): void;
  /** A remark for people, on stderr. */
  note(text: string): void;
  /** A progress display on stderr. */
  progress(options: ProgressOptions): Progress;
  /** True with --json. */
  readonly json: boolean;
}

/** The caller's mistake: exit code 2. Say the option, its value and the remedy. */
export class UsageError extends Error {
  constructor(option: string, value: string, remedy: string) {
    super(`${option} ${JSON.stringify(value)}: ${remedy}`);
    this.name = 'UsageError';
  }
}
