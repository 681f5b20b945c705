import type { Model, ModelManifest } from '../src/model';
import { packModel } from '../src/model-manifest';
import type { OnnxGraph } from '../src/onnx/graph-builder';
import { loadOnnxModel } from '../src/onnx/onnx-model';

export const FIELDS: Omit<ModelManifest, 'sha256' | 'inputs' | 'outputs'> = {
  model: 'test-model',
  version: '2024-01-01T00:00:00Z',
  trainedFromMs: 0,
  trainedUntilMs: 1,
  metrics: {},
  licence: 'CC0-1.0',
  parameters: {},
};

/** The caller closes it. */
export function loadGraph(graph: OnnxGraph, version = FIELDS.version): Promise<Model> {
  return loadOnnxModel(packModel({ graph, fields: { ...FIELDS, version } }));
}
