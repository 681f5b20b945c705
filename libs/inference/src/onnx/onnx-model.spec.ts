import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { useTempDir } from '@tradewind/testing';
import * as ort from 'onnxruntime-node';
import { FIELDS, loadGraph } from '../../test/load-graph';
import type { Tensor } from '../model';
import { packModel, sha256Hex } from '../model-manifest';
import { GraphBuilder, type OnnxGraph } from './graph-builder';
import { loadOnnxModel, sessionOptions } from './onnx-model';

const matrix = (rows: number, columns: number): Tensor => ({
  dtype: 'float32',
  shape: [rows, columns],
  data: new Float32Array(rows * columns).fill(1),
});
const ids = (length: number): Tensor => ({ dtype: 'int64', shape: [length], data: new BigInt64Array(length) });

/** sums [n] of features [n, 3] plus ids [n]. */
function sumGraph(): OnnxGraph {
  const g = new GraphBuilder('sum');
  const features = g.input('features', 'float32', ['n', 3]);
  const id = g.op('Cast', [g.input('ids', 'int64', ['n'])], { to: { int: 1 } });
  g.output(g.op('Add', [g.op('ReduceSum', [features, g.ints([1])], { keepdims: { int: 0 } }), id]), 'sums', 'float32', ['n']);
  return g.finish();
}

const packed = packModel({ graph: sumGraph(), fields: FIELDS });

describe('loadOnnxModel', () => {
  it('runs', async () => {
    const model = await loadOnnxModel(packed);
    const { sums } = await model.run({ features: matrix(2, 3), ids: ids(2) });
    expect(sums).toEqual({ dtype: 'float32', shape: [2], data: Float32Array.of(3, 3) });
    await model.close();
  });

  it('refuses bytes with another hash', async () => {
    const bytes = Uint8Array.from(packed.bytes);
    bytes[bytes.length - 1]! ^= 1;
    await expect(loadOnnxModel({ bytes, manifest: packed.manifest })).rejects.toMatchObject({ code: 'MODEL_CHECKSUM_MISMATCH' });
  });

  it.each([
    ['truncated', packed.bytes.subarray(0, packed.bytes.length - 40)],
    ['empty', new Uint8Array(0)],
    ['garbage', Buffer.from('<html>502 Bad Gateway</html>')],
  ])('refuses a file that is %s though its hash is right', async (_, bytes) => {
    const loading = loadOnnxModel({ bytes, manifest: { ...packed.manifest, sha256: sha256Hex(bytes) } });
    await expect(loading).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
  });

  it.each([
    ['input', { name: 'feature', dtype: 'float32', shape: ['n', 3] }, 'input feature is in the manifest but not in the file'],
    [
      'type',
      { name: 'features', dtype: 'int32', shape: ['n', 3] },
      'input features is int32 [n, 3] in the manifest but float32 [n, 3] in the file',
    ],
    [
      'size',
      { name: 'features', dtype: 'float32', shape: ['n', 4] },
      'input features is float32 [n, 4] in the manifest but float32 [n, 3] in the file',
    ],
    ['freedom', { name: 'features', dtype: 'float32', shape: ['n', 'f'] }, 'input features is float32 [n, f] in the manifest'],
    ['rank', { name: 'features', dtype: 'float32', shape: ['n'] }, 'input features is float32 [n] in the manifest'],
  ] as const)('refuses a manifest with another %s', async (_, input, message) => {
    const manifest = { ...packed.manifest, inputs: [input, packed.manifest.inputs[1]!] };
    await expect(loadOnnxModel({ bytes: packed.bytes, manifest })).rejects.toMatchObject({
      code: 'MODEL_MANIFEST_MISMATCH',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a file with a tensor that the manifest does not name', async () => {
    const manifest = { ...packed.manifest, inputs: packed.manifest.inputs.slice(0, 1) };
    await expect(loadOnnxModel({ bytes: packed.bytes, manifest })).rejects.toThrow('input ids is in the file but not in the manifest');
  });

  it('accepts a manifest that fixes what the file leaves free, and then holds to it', async () => {
    const manifest = {
      ...packed.manifest,
      inputs: [{ name: 'features', dtype: 'float32', shape: [2, 3] }, packed.manifest.inputs[1]!] as const,
    };
    const model = await loadOnnxModel({ bytes: packed.bytes, manifest, warmUp: { inputs: { features: matrix(2, 3), ids: ids(2) } } });
    await expect(model.run({ features: matrix(1, 3), ids: ids(1) })).rejects.toThrow(
      'input features must be float32 [2, 3], got float32 [1, 3]',
    );
    await model.close();
  });

  it('refuses a file whose outputs turn out otherwise than promised', async () => {
    const g = new GraphBuilder('liar');
    const doubled = g.op('Concat', [g.input('x', 'float32', ['n']), g.floats([0])], { axis: { int: 0 } });
    g.output(doubled, 'y', 'float32', ['m']);
    const { bytes, manifest } = packModel({ graph: g.finish(), fields: FIELDS });
    const promise = { ...manifest, outputs: [{ name: 'y', dtype: 'float32', shape: ['n'] }] as const };
    await expect(loadOnnxModel({ bytes, manifest: promise })).rejects.toMatchObject({
      code: 'MODEL_MANIFEST_MISMATCH',
      message: expect.stringContaining('output y must be float32 [n] where n is 1, got float32 [2]'),
    });
  });

  it('refuses a file that loads but cannot run', async () => {
    const g = new GraphBuilder('broken');
    g.output(g.op('Gather', [g.floats([1, 2]), g.op('Add', [g.input('i', 'int64', [1]), g.ints([9])])]), 'y', 'float32', [1]);
    await expect(loadGraph(g.finish())).rejects.toMatchObject({ code: 'MODEL_CORRUPT', message: expect.stringContaining('warm-up') });
  });

  it.each([
    [{ features: matrix(2, 3) }, 'input ids is missing'],
    [{ features: matrix(2, 2), ids: ids(2) }, 'input features must be float32 [n, 3], got float32 [2, 2]'],
    [{ features: matrix(2, 3), ids: ids(3) }, 'input ids must be int64 [n] where n is 2, got int64 [3]'],
    [{ features: ids(2), ids: ids(2) }, 'input features must be float32 [n, 3], got int64 [2]'],
    [
      { features: { dtype: 'float32', shape: [2, 3], data: new Float32Array(5) }, ids: ids(2) },
      'input features is float32 [2, 3] but holds 5 values',
    ],
    [{ features: matrix(2, 3), ids: ids(2), more: ids(1) }, 'input more is not in the manifest'],
  ] as [Record<string, Tensor>, string][])('asserts the inputs of a run (%#)', async (inputs, message) => {
    const model = await loadOnnxModel(packed);
    await expect(model.run(inputs)).rejects.toMatchObject({ code: 'MODEL_MANIFEST_MISMATCH', message: expect.stringContaining(message) });
    await model.close();
  });

  it('ends the runs that have begun before it closes, and refuses later ones', async () => {
    const model = await loadOnnxModel(packed);
    const runs = Array.from({ length: 50 }, () => model.run({ features: matrix(2, 3), ids: ids(2) }));
    await Promise.all([model.close(), model.close()]);
    expect((await Promise.all(runs)).every(({ sums }) => sums!.data[0] === 3)).toBe(true);
    await expect(model.run({ features: matrix(2, 3), ids: ids(2) })).rejects.toThrow('is closed');
  });
});

describe('sessionOptions', () => {
  const dir = useTempDir();

  it('optimises the graph: what is constant is computed at load', async () => {
    const g = new GraphBuilder('foldable');
    const sum = g.op('Add', [g.floats([1]), g.floats([2])]);
    g.output(g.op('Add', [g.input('x', 'float32', [1]), sum]), 'y', 'float32', [1]);
    const optimizedModelFilePath = join(dir(), 'optimised.onnx');
    const session = await ort.InferenceSession.create(g.finish().bytes, { ...sessionOptions(), optimizedModelFilePath });
    await session.release();
    const additions = readFileSync(optimizedModelFilePath, 'latin1').match(/node_Add/g);
    expect(additions).toHaveLength(1);
  });

  const tasks = '/proc/self/task';
  (existsSync(tasks) ? it : it.skip)('starts the threads it is told to and no other (counted by the Linux kernel)', async () => {
    const threads = (): number => readdirSync(tasks).length;
    const { bytes } = sumGraph();
    const added = async (options: { intraOp?: number }): Promise<number> => {
      const before = threads();
      const session = await ort.InferenceSession.create(bytes, sessionOptions(options));
      const after = threads();
      await session.release();
      return after - before;
    };
    await added({});
    expect(await added({})).toBe(0);
    expect(await added({ intraOp: 4 })).toBe(3);
  });
});
