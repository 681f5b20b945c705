import pino, { type Logger as PinoLogger } from 'pino';
import { redact, redactText } from './redact';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts beside the message. Every value goes through `redact`; put an error under `error`, give numbers a unit in their name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON line per call. Constant messages, variable fields. Never throws. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each line; `service` may be replaced so. */
  child(fields: LogFields): Logger;
}

/** Takes whole lines, each ended by a newline. */
export interface LogDestination {
  write(line: string): void;
}

export interface LoggerOptions {
  readonly service: string;
  /** @default 'info' */
  readonly level?: LogLevel;
  /** Written synchronously, so the last line before an exit is not lost. @default 'stdout' */
  readonly destination?: LogDestination | 'stdout' | 'stderr';
}

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** A logger that writes JSON lines `{level, time, service, message, …fields}`, `time` as ISO 8601 UTC. */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? 'stdout';
  const stream = typeof destination === 'string' ? pino.destination({ fd: FILE_DESCRIPTORS[destination], sync: true }) : destination;
  const root = pino(
    {
      level: options.level ?? 'info',
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return new PinoJsonLogger(root, { service: options.service });
}

class PinoJsonLogger implements Logger {
  constructor(
    private readonly pinoLogger: PinoLogger,
    private readonly bound: LogFields,
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new PinoJsonLogger(this.pinoLogger, { ...this.bound, ...fields });
  }

  private write(level: Exclude<LogLevel, 'silent'>, message: string, fields: LogFields | undefined): void {
    if (!this.pinoLogger.isLevelEnabled(level)) return;
    this.pinoLogger[level](redact({ ...this.bound, ...fields }) as object, redactText(message));
  }
}

/** A logger that drops everything, for tests and tools. */
export const SILENT_LOGGER: Logger = createLogger({ service: 'silent', level: 'silent' });
