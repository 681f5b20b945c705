import { createLogger, type LogLevel } from './logger';

function capture(level?: LogLevel) {
  const lines: string[] = [];
  const logger = createLogger({ service: 'ingest', ...(level ? { level } : {}), destination: { write: (line) => void lines.push(line) } });
  return { logger, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('createLogger', () => {
  it('writes one JSON line with level, time, service, message and fields', () => {
    const { logger, parsed } = capture();
    logger.info('listening', { port: 3000 });
    expect(parsed()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), service: 'ingest', message: 'listening', port: 3000 },
    ]);
  });

  it('redacts fields, child fields and the message', () => {
    const { logger, parsed } = capture();
    logger.child({ writeKey: 'abc' }).error('cannot reach redis://:pw@cache', { error: new Error('password=pw') });
    const text = JSON.stringify(parsed());
    expect(text).not.toContain('abc');
    expect(text).not.toContain('pw@');
    expect(text).not.toContain('=pw');
  });

  it('keeps below the level silent, and a child may be another service', () => {
    const { logger, parsed } = capture('warn');
    logger.info('no');
    logger.child({ service: 'trainer' }).warn('yes');
    expect(parsed().map(({ service, message }) => [service, message])).toEqual([['trainer', 'yes']]);
  });
});
