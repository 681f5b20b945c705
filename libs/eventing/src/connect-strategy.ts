import { Catch, UseFilters, applyDecorators, type ExceptionFilter, type INestApplication } from '@nestjs/common';
import { Ctx, EventPattern, Payload, type CustomTransportStrategy, type NestMicroservice } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { SubscribeOptions } from './event-log';

/** Controllers that name it are left alone by other transports of the same app. */
export const EVENT_LOG_TRANSPORT = Symbol('event-log');

/** How a group consumes. Handlers of one group must not contradict each other; what one leaves out, another may say. */
export interface BatchPatternOptions extends Pick<SubscribeOptions, 'concurrency' | 'maxBatchRecords' | 'maxBufferedBytes' | 'from'> {
  /** Consumer group, on every backend under exactly this name; also the service that dead letters name. */
  readonly group: string;
}

/** Nest's own filter turns any exception into a log line and a generic text; the batch processor must see what was thrown. */
@Catch()
class PassThroughFilter implements ExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * Marks a controller's method as the `BatchHandler` of a topic, or of several, in a group: `(batch, context) => BatchResult`.
 * It is `@EventPattern(topic, { group })` with both arguments bound, and needs no `connectEventLog`.
 */
export function BatchPattern(topics: string | readonly string[], options: BatchPatternOptions): MethodDecorator {
  return applyDecorators(
    EventPattern(topics, EVENT_LOG_TRANSPORT, { ...options }),
    UseFilters(PassThroughFilter),
    (target: object, method: string | symbol) => {
      Payload()(target, method, 0);
      Ctx()(target, method, 1);
    },
  );
}

/**
 * Connects the strategy to the app so that what `@EventPattern` handlers throw reaches it unchanged. Nest applies filters only to
 * handlers registered after them, hence not just `app.connectMicroservice`; `app.startAllMicroservices` starts it as any other.
 */
export function connectEventLog(app: INestApplication, strategy: CustomTransportStrategy): void {
  const connected = app.connectMicroservice({ strategy }, { deferInitialization: true }) as unknown as NestMicroservice;
  connected.useGlobalFilters(new PassThroughFilter());
  connected.registerListeners();
  connected.setIsInitialized(true);
  connected.setIsInitHookCalled(true);
}
