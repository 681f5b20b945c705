import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@tradewind/observability';

/** Nest's own lines through our logger. What Nest tells about wiring and routes is debug; its warnings and errors keep their level. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(String(message), contextOf(rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(String(message), contextOf(rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(String(message), contextOf(rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(String(message), contextOf(rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const fields = contextOf(rest);
    this.logger.error(
      message instanceof Error ? message.message : String(message),
      message instanceof Error ? { ...fields, error: message } : fields,
    );
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Nest passes its context as the last argument, and for errors a stack before it. */
function contextOf(rest: readonly unknown[]): Record<string, unknown> {
  const texts = rest.filter((part): part is string => typeof part === 'string');
  const context = texts.at(-1);
  const stack = texts.length > 1 ? texts[0] : undefined;
  return { ...(context === undefined ? {} : { context }), ...(stack === undefined ? {} : { stack }) };
}
