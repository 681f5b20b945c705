import { FIELDS } from '../test/load-graph';
import { packModel, parseManifest, sha256Hex } from './model-manifest';
import { GraphBuilder } from './onnx/graph-builder';

function negation() {
  const g = new GraphBuilder('negation');
  g.output(g.op('Neg', [g.input('x', 'float32', ['n', 2])]), 'y', 'float32', ['n', 2]);
  return g.finish();
}

describe('model manifest', () => {
  const graph = negation();
  const { bytes, manifest } = packModel({ graph, fields: { ...FIELDS, parameters: { items: ['a'] } } });

  it('takes the hash of the file and the signature of the graph', () => {
    expect(bytes).toBe(graph.bytes);
    expect(manifest).toEqual({
      ...FIELDS,
      parameters: { items: ['a'] },
      sha256: sha256Hex(bytes),
      inputs: graph.inputs,
      outputs: graph.outputs,
    });
    expect(sha256Hex(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('survives JSON', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });

  it.each([
    [{ ...manifest, sha256: 'ABC' }, /sha256: expected 64 lower-case hex digits/],
    [{ ...manifest, model: undefined }, /model: .*string/],
    [{ ...manifest, inputs: [] }, /inputs: /],
    [{ ...manifest, inputs: [...manifest.inputs, ...manifest.inputs] }, /inputs: two tensors have the same name/],
    [{ ...manifest, inputs: [{ name: 'x', dtype: 'float16', shape: [1.5, ''] }] }, /inputs\.0\.dtype: .*inputs\.0\.shape\.0: /],
    [{ ...manifest, trainedFromMs: 5, trainedUntilMs: 4 }, /trainedUntilMs: is before trainedFromMs/],
    [{ ...manifest, metrics: { ndcg10: Number.NaN } }, /metrics\.ndcg10: /],
    [null, /manifest: /],
  ])('names each wrong field (%#)', (value, message) => {
    expect(() => parseManifest(value)).toThrow(expect.objectContaining({ code: 'MODEL_CORRUPT', message: expect.stringMatching(message) }));
  });
});
