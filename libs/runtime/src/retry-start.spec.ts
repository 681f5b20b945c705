import { AppError } from '@tradewind/contracts';
import { SILENT_LOGGER } from '@tradewind/observability';
import { retryStart, type RetryOptions } from './retry-start';

const away = new AppError('LOG_UNAVAILABLE', 'ping', { retryable: true });

function attempts(outcomes: readonly (Error | 'open')[], overrides: Partial<RetryOptions> = {}) {
  let made = 0;
  const open = async () => {
    const outcome = outcomes[Math.min(made++, outcomes.length - 1)]!;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const result = retryStart(open, { what: 'log', timeoutMs: 10_000, firstPauseMs: 1, logger: SILENT_LOGGER, ...overrides });
  return { result, made: () => made };
}

describe('retryStart', () => {
  it('tries again until it opens', async () => {
    const { result, made } = attempts([away, away, 'open']);
    expect(await result).toBe('open');
    expect(made()).toBe(3);
  });

  it('gives up with the last error when the time is up', async () => {
    await expect(attempts([away], { timeoutMs: 20 }).result).rejects.toBe(away);
  });

  it('says what can be done', async () => {
    const { result } = attempts([away], { timeoutMs: 0, remedy: 'start it' });
    await expect(result).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', message: 'log stayed away for 0 ms; start it', cause: away });
  });

  it('does not repeat what would fail again', async () => {
    const { result, made } = attempts([new AppError('TOPIC_MISMATCH', 'x')]);
    await expect(result).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
    expect(made()).toBe(1);
  });

  it('ends when aborted, also in the middle of a pause', async () => {
    const controller = new AbortController();
    const { result } = attempts([away], { firstPauseMs: 60_000, timeoutMs: 120_000, signal: controller.signal });
    controller.abort();
    await expect(result).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
