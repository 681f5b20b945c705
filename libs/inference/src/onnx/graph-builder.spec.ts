import * as ort from 'onnxruntime-node';
import { loadGraph } from '../../test/load-graph';
import type { Tensor } from '../model';
import { GraphBuilder } from './graph-builder';

const floats = (...data: number[]): Tensor => ({ dtype: 'float32', shape: [data.length], data: Float32Array.from(data) });

async function run(g: GraphBuilder, inputs: Record<string, Tensor>, domains = {}): Promise<Record<string, Tensor>> {
  const model = await loadGraph(g.finish({ domains }));
  try {
    return await model.run(inputs);
  } finally {
    await model.close();
  }
}

describe('GraphBuilder', () => {
  it('writes a graph that ONNX Runtime runs as written', async () => {
    const g = new GraphBuilder('linear');
    const x = g.input('x', 'float32', ['n', 2]);
    const w = g.constant('w', { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    g.output(g.op('Add', [g.op('MatMul', [x, w]), g.floats([0.5, 0, -0.5])]), 'y', 'float32', ['n', 3]);
    const { y } = await run(g, { x: { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 0, 0, 2) } });
    expect(y).toMatchObject({ dtype: 'float32', shape: [2, 3] });
    expect(Array.from(y!.data as Float32Array)).toEqual([1.5, 2, 2.5, 8.5, 10, 11.5]);
  });

  it('reports the tensors of the file, as ONNX Runtime reads them back', async () => {
    const g = new GraphBuilder('signature');
    g.output(g.op('Shape', [g.input('ids', 'int32', ['n', 'L', 4])]), 'shape', 'int64', [3]);
    const { bytes, inputs, outputs } = g.finish();
    const session = await ort.InferenceSession.create(bytes);
    expect(inputs).toEqual([{ name: 'ids', dtype: 'int32', shape: ['n', 'L', 4] }]);
    expect(session.inputMetadata).toEqual([{ name: 'ids', isTensor: true, type: 'int32', shape: ['n', 'L', 4] }]);
    expect(outputs).toEqual([{ name: 'shape', dtype: 'int64', shape: [3] }]);
    expect(session.outputMetadata).toEqual([{ name: 'shape', isTensor: true, type: 'int64', shape: [3] }]);
    await session.release();
  });

  it('writes every kind of attribute', async () => {
    const g = new GraphBuilder('attributes');
    const x = g.input('x', 'float32', [3]);
    g.output(g.op('LeakyRelu', [x], { alpha: { float: 0.25 } }), 'float', 'float32', [3]);
    g.output(g.op('Softmax', [x], { axis: { int: -1 } }), 'int', 'float32', [3]);
    g.output(g.op('Transpose', [g.op('Unsqueeze', [x, g.ints([0])])], { perm: { ints: [1, 0] } }), 'ints', 'float32', [3, 1]);
    g.output(g.op('Constant', [], { value_floats: { floats: [0.5, -1.5] } }), 'floats', 'float32', [2]);
    const added = g.op('ScatterElements', [x, g.ints([0, 0]), g.floats([1, 2])], { reduction: { string: 'add' } });
    g.output(added, 'string', 'float32', [3]);
    const seven = { dtype: 'int64', shape: [1], data: BigInt64Array.of(-7n) } as const;
    g.output(g.op('ConstantOfShape', [g.op('Shape', [x])], { value: { tensor: seven } }), 'tensor', 'int64', [3]);
    const text = g.op('Cast', [g.ints([20, 10, 30])], { to: { int: 8 } });
    const labels = { keys_strings: { strings: ['10', '20'] }, values_floats: { floats: [1, 2] }, default_float: { float: -1 } };
    g.output(g.op('LabelEncoder', [text], labels, 'ai.onnx.ml'), 'strings', 'float32', [3]);
    const y = await run(g, { x: floats(-4, 0, 4) }, { 'ai.onnx.ml': 3 });
    const values = (name: string): number[] => Array.from(y[name]!.data, Number);
    expect(values('float')).toEqual([-1, 0, 4]);
    expect(values('int').reduce((sum, p) => sum + p)).toBeCloseTo(1);
    expect(y['ints']!.shape).toEqual([3, 1]);
    expect(values('floats')).toEqual([0.5, -1.5]);
    expect(values('string')).toEqual([-1, 0, 4]);
    expect(values('tensor')).toEqual([-7, -7, -7]);
    expect(values('strings')).toEqual([2, 1, -1]);
  });

  it('runs a body once per row, with values of the outer graph', async () => {
    const g = new GraphBuilder('outer');
    const x = g.input('x', 'float32', ['n', 2]);
    const scale = g.floats([10, 100]);
    const body = g.body('row');
    const row = body.input('row', 'float32', [2]);
    body.output(body.op('Mul', [row, scale]), 'row_y', 'float32', [2]);
    g.output(g.op('Scan', [x], { body: { graph: body }, num_scan_inputs: { int: 1 } }), 'y', 'float32', ['n', 2]);
    const { y } = await run(g, { x: { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
    expect(Array.from(y!.data as Float32Array)).toEqual([10, 200, 30, 400]);
  });

  it('lets one value, an input or a constant be several outputs', async () => {
    const g = new GraphBuilder('aliases');
    const x = g.input('x', 'float32', [1]);
    const y = g.op('Neg', [x]);
    g.output(y, 'a', 'float32', [1]);
    g.output(y, 'b', 'float32', [1]);
    g.output(x, 'c', 'float32', [1]);
    g.output(g.floats([5]), 'd', 'float32', [1]);
    const result = await run(g, { x: floats(3) });
    expect(['a', 'b', 'c', 'd'].map((name) => Number(result[name]!.data[0]))).toEqual([-3, -3, 3, 5]);
  });

  it('writes numbers of all sizes and omitted inputs', async () => {
    const g = new GraphBuilder('edges');
    const x = g.input('x', 'float32', [2]);
    g.output(g.op('Clip', [x, null, g.floats(1)]), 'clipped', 'float32', [2]);
    g.output(g.ints([-1, 2 ** 31, Number.MAX_SAFE_INTEGER]), 'big', 'int64', [3]);
    const { clipped, big } = await run(g, { x: floats(-9, 9) });
    expect(Array.from(clipped!.data as Float32Array)).toEqual([-9, 1]);
    expect(Array.from(big!.data as BigInt64Array)).toEqual([-1n, 2n ** 31n, 2n ** 53n - 1n]);
  });

  it('refuses what could not be a graph, at the call that makes it', () => {
    const g = new GraphBuilder('g');
    const x = g.input('x', 'float32', [1]);
    expect(() => g.input('x', 'int64', [1])).toThrow('x is declared twice');
    expect(() => g.output(x, 'x', 'float32', [1])).toThrow('x is declared twice');
    expect(() => g.input('', 'int64', [1])).toThrow('a name is empty');
    expect(() => g.constant('c', { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) })).toThrow(
      'ONNX constant c: shape [2, 2] needs 4 values, got 3',
    );
    expect(() => g.op('Neg', [new GraphBuilder('other').input('z', 'float32', [1])])).toThrow('Neg uses z, a value of another graph');
    expect(() => g.finish()).toThrow('ONNX graph g has no output');
    expect(() => g.body('b').finish()).toThrow('b is a body');
    const inner = g.body('inner').input('inner_x', 'float32', [1]);
    expect(() => g.op('Neg', [inner])).toThrow('a value of another graph');
  });
});
