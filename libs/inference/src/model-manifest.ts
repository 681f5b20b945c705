import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AppError } from '@tradewind/contracts';
import { z } from 'zod';
import type { ModelManifest } from './model';
import type { OnnxGraph } from './onnx/graph-builder';

const tensorSpec = z.object({
  name: z.string().min(1),
  dtype: z.enum(['float32', 'float64', 'int64', 'int32']),
  shape: z.array(z.union([z.int().nonnegative(), z.string().min(1)])),
});

const tensorSpecs = z
  .array(tensorSpec)
  .min(1)
  .refine((specs) => new Set(specs.map((spec) => spec.name)).size === specs.length, 'two tensors have the same name');

const epochMs = z.int().nonnegative();

const manifestSchema = z
  .object({
    model: z.string().min(1),
    version: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits'),
    inputs: tensorSpecs,
    outputs: tensorSpecs,
    trainedFromMs: epochMs,
    trainedUntilMs: epochMs,
    metrics: z.record(z.string(), z.number()),
    licence: z.string().min(1),
    parameters: z.record(z.string(), z.unknown()),
  })
  .refine((manifest) => manifest.trainedFromMs <= manifest.trainedUntilMs, {
    path: ['trainedUntilMs'],
    message: 'is before trainedFromMs',
  });

/** Checks a manifest read from outside. Unknown fields are dropped. @throws MODEL_CORRUPT naming each wrong field. */
export function parseManifest(value: unknown): ModelManifest {
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`);
  throw new AppError('MODEL_CORRUPT', `model manifest is not valid: ${faults.join('; ')}`);
}

/** Lower-case hex SHA-256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export interface PackModelOptions {
  readonly graph: OnnxGraph;
  /** Everything the graph does not say itself. */
  readonly fields: Omit<ModelManifest, 'sha256' | 'inputs' | 'outputs'>;
}

/** A model ready for release: the file, and the manifest with its hash and signature. @throws MODEL_CORRUPT when a field is not valid. */
export function packModel({ graph, fields }: PackModelOptions): { readonly bytes: Uint8Array; readonly manifest: ModelManifest } {
  const manifest = parseManifest({ ...fields, sha256: sha256Hex(graph.bytes), inputs: graph.inputs, outputs: graph.outputs });
  return { bytes: graph.bytes, manifest };
}

/** JSON too long to stand in a manifest as it is (a manifest travels in one record): gzip, as base64. Equal values give equal text. */
export function compressJson(value: unknown): string {
  return gzipSync(JSON.stringify(value), { level: 9 }).toString('base64');
}

/** What `compressJson` was given. @throws MODEL_CORRUPT when the text is something else */
export function expandJson(text: string): unknown {
  try {
    return JSON.parse(gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: EXPANDED_LIMIT }).toString()) as unknown;
  } catch (cause) {
    throw new AppError('MODEL_CORRUPT', `compressed JSON of ${text.length} characters does not expand`, { cause });
  }
}

const EXPANDED_LIMIT = 64 * 1024 * 1024;
