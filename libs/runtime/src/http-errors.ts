import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError, type ErrorCode } from '@tradewind/contracts';
import type { Logger } from '@tradewind/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';

const UNAVAILABLE = { status: 503, retryAfterSeconds: 1 };

/** Codes that a request can meet; any other code is 500. */
const ANSWERS: Partial<Record<ErrorCode, { readonly status: number; readonly retryAfterSeconds?: number }>> = {
  JSON_MALFORMED: { status: 400 },
  EVENT_INVALID: { status: 400 },
  EVENT_TYPE_UNKNOWN: { status: 400 },
  IDENTITY_MISSING: { status: 400 },
  FILE_INVALID: { status: 400 },
  POST_INVALID: { status: 400 },
  PLAN_INVALID: { status: 400 },
  RULE_INVALID: { status: 400 },
  WRITE_KEY_MISSING: { status: 401 },
  WRITE_KEY_UNKNOWN: { status: 401 },
  SCOPE_MISSING: { status: 403 },
  NOT_FOUND: { status: 404 },
  MODEL_NOT_FOUND: { status: 404 },
  STATE_CONFLICT: { status: 409 },
  EVENT_TOO_LARGE: { status: 413 },
  REQUEST_TOO_LARGE: { status: 413 },
  ENCODING_UNSUPPORTED: { status: 415 },
  OVERLOADED: { status: 429, retryAfterSeconds: 1 },
  RATE_LIMITED: { status: 429, retryAfterSeconds: 1 },
  LOG_UNAVAILABLE: UNAVAILABLE,
  STATE_UNAVAILABLE: UNAVAILABLE,
  DATABASE_UNAVAILABLE: UNAVAILABLE,
  SHUTTING_DOWN: UNAVAILABLE,
};

export interface HttpErrorAnswer {
  readonly status: number;
  /** Whole seconds for the Retry-After header. */
  readonly retryAfterSeconds?: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

/** What a client is told: an `AppError` by its code, Nest's and Fastify's own errors by their status, a bug as a bare 500. */
export function toHttpAnswer(error: unknown): HttpErrorAnswer {
  if (error instanceof AppError) {
    const answer = ANSWERS[error.code] ?? { status: 500 };
    // A rate limit knows better than the table when there is room again.
    const { retryAfterSeconds = answer.retryAfterSeconds } = error.details as { retryAfterSeconds?: number };
    return {
      status: answer.status,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      body: { error: { code: error.code, message: error.message } },
    };
  }
  const status = statusOf(error);
  if (status === 413) return { status, body: { error: { code: 'REQUEST_TOO_LARGE', message: 'the request body is too large' } } };
  if (status === 404) return { status, body: { error: { code: 'NOT_FOUND', message: (error as Error).message } } };
  if (status < 500) return { status, body: { error: { code: 'REQUEST_INVALID', message: (error as Error).message } } };
  return { status, body: { error: { code: 'INTERNAL', message: 'something went wrong here; the log of this service says what' } } };
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** Answers every error that a controller lets through, and logs those that are our fault. */
@Catch()
export class HttpErrors implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Event handlers have their own error policy (eventing); only HTTP is answered here.
    if (host.getType() !== 'http') throw error;
    const { status, retryAfterSeconds, body } = toHttpAnswer(error);
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (status >= 500) this.logger.error('request failed', { method: request.method, route: request.routeOptions.url, status, error });
    if (reply.sent) return;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    void reply.status(status).send(body);
  }
}
