import { AppError, describeError } from '@tradewind/contracts';
import type { Logger } from '@tradewind/observability';

/** One step of stopping; a step that fails does not keep the later ones from running. */
export interface ShutdownStep {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * Runs the steps in order within `graceMs` for all of them.
 * @throws SHUTTING_DOWN when time ran out (naming the step) or a step failed; what was not reached is not run.
 */
export async function shutDown(steps: readonly ShutdownStep[], graceMs: number, logger: Logger): Promise<void> {
  let running = '';
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<'expired'>((resolve) => {
    timer = setTimeout(() => resolve('expired'), graceMs);
  });
  const failures: unknown[] = [];
  try {
    for (const step of steps) {
      running = step.name;
      const outcome = await Promise.race([expired, runStep(step, logger, failures)]);
      if (outcome === 'expired') throw new AppError('SHUTTING_DOWN', `stopping took longer than ${graceMs} ms, at the step: ${running}`);
    }
  } finally {
    clearTimeout(timer);
  }
  if (failures.length > 0)
    throw new AppError('SHUTTING_DOWN', `stopping failed: ${failures.map(describeError).join('; ')}`, { cause: failures[0] });
}

async function runStep(step: ShutdownStep, logger: Logger, failures: unknown[]): Promise<'done'> {
  const startedAt = performance.now();
  try {
    await step.run();
    logger.debug('stopped', { step: step.name, durationMs: Math.round(performance.now() - startedAt) });
  } catch (error) {
    logger.error('could not stop cleanly', { step: step.name, error });
    failures.push(error);
  }
  return 'done';
}
