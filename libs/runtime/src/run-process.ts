import { describeError } from '@tradewind/contracts';
import { redactText } from '@tradewind/observability';
import { runServices, type RunningServices, type RunOptions } from './run-services';
import type { ServiceDefinition } from './service-definition';

/** What of `process` decides how a process ends. */
export interface ProcessControl {
  on(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  on(event: 'uncaughtExceptionMonitor', listener: (error: Error) => void): unknown;
  exit(code: number): void;
  /** One line for people. */
  readonly stderr: { write(text: string): unknown };
}

export interface ProcessOptions extends Omit<RunOptions, 'onFailure' | 'signal'> {
  /** @default the real process */
  readonly control?: ProcessControl;
}

/** The main function of a service with a process of its own. */
export function runService<S extends ServiceDefinition>(definition: S, options: ProcessOptions = {}): Promise<RunningServices | null> {
  return runProcess([definition], options);
}

/**
 * Runs services until a signal or a failure ends the process: SIGTERM and SIGINT stop in order and exit 0 (1 when the grace
 * period ran out), a second signal exits at once with 130, a failed subscription stops and exits 1, a failed start prints
 * one line with code, message and remedy and exits 1. A bug is logged and left to end the process.
 * @returns null when the start failed
 */
export async function runProcess(definitions: readonly ServiceDefinition[], options: ProcessOptions = {}): Promise<RunningServices | null> {
  const control = options.control ?? process;
  const ending = createEnding(control);
  control.on('SIGTERM', () => ending.signal());
  control.on('SIGINT', () => ending.signal());
  try {
    const running = await runServices(definitions, { ...options, signal: ending.abort, onFailure: () => ending.fail() });
    control.on('uncaughtExceptionMonitor', (error) => running.platform.logger.error('a bug ends this process', { error }));
    ending.started(running);
    return running;
  } catch (error) {
    if (ending.abort.aborted) {
      control.exit(0);
      return null;
    }
    control.stderr.write(`${redactText(describeError(error))}\n`);
    control.exit(1);
    return null;
  }
}

/** Turns signals and failures, which may come before the start is done, into one ordered end. */
function createEnding(control: ProcessControl) {
  const aborting = new AbortController();
  let running: RunningServices | null = null;
  let exitCode: number | null = null;

  const close = async (services: RunningServices, code: number) => {
    services.platform.logger.info('stopping', { exitCode: code });
    try {
      await services.close();
      control.exit(code);
    } catch (error) {
      services.platform.logger.error('stopped uncleanly', { error });
      control.exit(1);
    }
  };
  const end = (code: number) => {
    if (exitCode !== null) return;
    exitCode = code;
    if (running !== null) void close(running, code);
  };
  return {
    /** Aborted once a signal came, so that a start that still waits ends. */
    abort: aborting.signal,
    signal() {
      if (exitCode !== null) return control.exit(130);
      aborting.abort();
      end(0);
    },
    fail: () => end(1),
    started(services: RunningServices) {
      running = services;
      if (exitCode !== null) void close(services, exitCode);
    },
  };
}
