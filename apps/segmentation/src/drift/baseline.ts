import type { ModelManifest } from '@tradewind/inference';
import { z } from 'zod';

const baselineSchema = z.object({
  windowDays: z.number().positive().nullable(),
  customers: z.int().positive(),
  columns: z
    .array(
      z
        .object({ name: z.string(), edges: z.array(z.number()).readonly(), shares: z.array(z.number()).readonly() })
        .refine(({ edges, shares }) => shares.length === edges.length + 1, 'one share more than edges is expected'),
    )
    .min(1),
});

/** How customers were spread at training: of those with an event within `windowDays` before its end (`null`: all), as of its end. */
export type Baseline = z.output<typeof baselineSchema>;

/** What the trainer wrote into the release; `null` when it wrote none, or none that can be used with what is folded. */
export function baselineOf({ parameters }: ModelManifest, folded: readonly string[]): Baseline | null {
  const baseline = baselineSchema.safeParse(parameters['baseline']).data ?? null;
  return baseline?.columns.every(({ name }) => folded.includes(name)) ? baseline : null;
}
