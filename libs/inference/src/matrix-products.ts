import * as ort from 'onnxruntime-node';
import { sessionOptions, type ThreadOptions } from './onnx/onnx-model';
import { encodeModel } from './onnx/onnx-proto';

type Floats = Float32Array | Float64Array;

interface ProductShape {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** What `MatrixProducts` of the learning library asks for, by ONNX Runtime's Gemm; `close` frees the sessions. */
export interface OnnxMatrixProducts {
  multiply<T extends Floats>(a: T, b: T, shape: ProductShape): Promise<T>;
  close(): Promise<void>;
}

/** Products of float32 or float64 matrices, row-major; a session for each type and transposition, made when it is first asked for. */
export function createMatrixProducts(threads: ThreadOptions = {}): OnnxMatrixProducts {
  const sessions = new Map<string, Promise<ort.InferenceSession>>();
  return {
    async multiply<T extends Floats>(
      a: T,
      b: T,
      { rows, columns, inner, transposeA = false, transposeB = false }: ProductShape,
    ): Promise<T> {
      const dtype = a instanceof Float64Array ? 'float64' : 'float32';
      const key = `${dtype} ${transposeA} ${transposeB}`;
      const session = sessions.get(key) ?? ort.InferenceSession.create(gemmModel(dtype, transposeA, transposeB), sessionOptions(threads));
      sessions.set(key, session);
      const inputs = {
        a: new ort.Tensor(dtype, a, transposeA ? [inner, rows] : [rows, inner]),
        b: new ort.Tensor(dtype, b, transposeB ? [columns, inner] : [inner, columns]),
      };
      const { c } = await (await session).run(inputs);
      return c!.data as T;
    },
    async close() {
      const open = await Promise.all(sessions.values());
      sessions.clear();
      await Promise.all(open.map((session) => session.release()));
    },
  };
}

function gemmModel(dtype: 'float32' | 'float64', transposeA: boolean, transposeB: boolean): Uint8Array {
  const matrix = (name: string, shape: readonly [string, string]) => ({ name, dtype, shape });
  return encodeModel({
    irVersion: 8,
    producer: 'tradewind',
    opsets: { '': 17 },
    graph: {
      name: 'product',
      nodes: [
        {
          name: 'gemm',
          opType: 'Gemm',
          domain: '',
          inputs: ['a', 'b'],
          outputs: ['c'],
          attributes: [
            ['transA', { int: Number(transposeA) }],
            ['transB', { int: Number(transposeB) }],
          ],
        },
      ],
      constants: [],
      inputs: [matrix('a', transposeA ? ['k', 'm'] : ['m', 'k']), matrix('b', transposeB ? ['n', 'k'] : ['k', 'n'])],
      outputs: [matrix('c', ['m', 'n'])],
    },
  });
}
