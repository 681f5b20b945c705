import type { DynamicModule } from '@nestjs/common';
import type { z } from 'zod';
import type { Platform } from './platform';

/** Named as in `/readyz`. */
export const BACKINGS = ['log', 'state', 'database'] as const;
export type Backing = (typeof BACKINGS)[number];

/**
 * A service as the runtime sees it: its settings and how to build its Nest module. The module's controllers carry the HTTP
 * routes and the `@BatchPattern(topic, { group })` handlers.
 */
export interface ServiceDefinition<S extends z.ZodObject = z.ZodObject> {
  /** Lower case, as in metrics, logs and `apps/<name>`. */
  readonly name: string;
  /** Own settings by environment name, e.g. `z.object({ INGEST_RATE_LIMIT: z.coerce.number().int().default(1000) })`. */
  readonly settings: S;
  /** Backings without which it cannot take requests: `/readyz` fails while one of them is away. @default all */
  readonly needs?: readonly Backing[];
  /** Builds the module once the platform is open; what it starts must stop in Nest's shutdown hooks. */
  createModule(platform: Platform, config: z.output<S>): DynamicModule | Promise<DynamicModule>;
}

/** Keeps the settings' type without naming it. */
export function defineService<S extends z.ZodObject>(definition: ServiceDefinition<S>): ServiceDefinition<S> {
  return definition;
}
