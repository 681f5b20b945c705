import { z } from 'zod';

/** The gateway has no settings of its own yet. */
export const GATEWAY_SETTINGS = z.object({});
