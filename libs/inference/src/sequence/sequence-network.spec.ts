import * as ort from 'onnxruntime-node';
import { gradientError } from '../../test/gradient-check';
import { loadGraph } from '../../test/load-graph';
import { GraphBuilder } from '../onnx/graph-builder';
import { gatherDistinct } from '../training/ops/lookup';
import { reshape } from '../training/ops/layout';
import { initialValues } from '../training/parameters';
import { Tape, type Variable } from '../training/tape';
import {
  buildSequenceGraph,
  buildSequenceRankerGraph,
  buildSequenceScoringGraph,
  createSequenceNetwork,
  type SequenceNetworkSettings,
} from './sequence-graphs';
import { sequenceLoss, type SequenceLoss } from './sequence-loss';

const ITEMS = 9;
const NETWORKS: readonly (readonly [string, SequenceNetworkSettings])[] = [
  ['self-attention', { kind: 'selfAttention', width: 6, maxLength: 4, blocks: 2, heads: 1 }],
  ['self-attention with heads', { kind: 'selfAttention', width: 6, maxLength: 4, blocks: 1, heads: 2, expansion: 2 }],
  ['recurrent', { kind: 'recurrent', width: 5, maxLength: 4 }],
];
const LOSSES: readonly (readonly [string, SequenceLoss])[] = [
  ['softmax', { kind: 'softmax' }],
  ['sampledSoftmax', { kind: 'sampledSoftmax', negatives: 3 }],
  ['gbce', { kind: 'gbce', negatives: 3, calibration: 0.75 }],
];
const ROWS = Int32Array.of(3, 1, 4, 1, 5, 8, -1, -1, 2, 6, 5, -1);
const NO_DROPOUT = { apply: (x: Variable) => x, sites: 0, poolSize: 0 };

/** Small initial weights make small gradients; these are of the size that training gives. */
const lively = (settings: SequenceNetworkSettings) => {
  const { parameters } = createSequenceNetwork(ITEMS, settings);
  return {
    parameters,
    values: initialValues(
      parameters.map((spec) => ({ ...spec, initial: { normal: 0.6 } as const })),
      3,
    ),
  };
};

describe.each(NETWORKS)('%s network', (_, settings) => {
  it.each(LOSSES)('has the gradients that differences give, with %s', async (_name, loss) => {
    const network = createSequenceNetwork(ITEMS, settings);
    const error = await gradientError({
      shapes: network.parameters.map(({ shape }) => shape),
      range: [-0.8, 0.8],
      real: loss.kind === 'gbce' ? 'float32' : 'float64',
      forward(tape, inputs) {
        const parameters = Object.fromEntries(network.parameters.map(({ name }, at) => [name, inputs[at]!]));
        const states = network.states({ tape, parameters, items: tape.input('items', [3, 4], 'int32') }, NO_DROPOUT);
        const hidden = gatherDistinct(reshape(states, [12, states.shape[2]!]), tape.input('places', ['m'], 'int32'));
        return sequenceLoss({ tape, hidden, table: parameters['item_vectors']! }, loss);
      },
      feeds: lossFeeds(loss),
    });
    expect(error).toBeLessThan(loss.kind === 'gbce' ? 3e-2 : 1e-4);
  });

  it('serves what it trains: the last state of each row, whatever the padding and the batch', async () => {
    const { parameters, values } = lively(settings);
    const network = createSequenceNetwork(ITEMS, settings);
    const tape = new Tape(new GraphBuilder('both'));
    const own = Object.fromEntries(parameters.map(({ name, shape }) => [name, tape.constant(values[name]!, shape)]));
    const items = tape.input('items', [3, 4], 'int32');
    const states = network.states({ tape, parameters: own, items }, NO_DROPOUT);
    tape.graph.output(states.value, 'states', 'float32', [3, 4, states.shape[2]!]);
    const training = await loadGraph(tape.graph.finish());
    const trained = (await training.run({ items: { dtype: 'int32', shape: [3, 4], data: ROWS } }))['states']!.data as Float32Array;
    const width = Number(states.shape[2]);
    const expected = [3, 5, 10].flatMap((place) => scoresOf(trained.subarray(place * width, (place + 1) * width), values['item_vectors']!));

    const serving = await loadGraph(buildSequenceGraph({ itemCount: ITEMS, network: settings, values }));
    const serve = async (rows: number[][]): Promise<number[]> => {
      const length = Math.max(...rows.map((row) => row.length));
      const data = BigInt64Array.from(
        rows.flatMap((row) => [...row, ...Array<number>(length - row.length).fill(-1)]),
        BigInt,
      );
      return Array.from(
        (await serving.run({ history: { dtype: 'int64', shape: [rows.length, length], data } }))['scores']!.data as Float32Array,
      );
    };
    const all = await serve([
      [3, 1, 4, 1],
      [5, 8],
      [2, 6, 5],
    ]);
    all.forEach((score, at) => expect(score).toBeCloseTo(expected[at]!, 4));
    const alone = await serve([[5, 8]]);
    alone.forEach((score, item) => expect(score).toBeCloseTo(all[ITEMS + item]!, 4));
    await Promise.all([training.close(), serving.close()]);
  });

  it('scores while it trains as it serves, and gives cold items −∞', async () => {
    const { values } = lively(settings);
    const session = await ort.InferenceSession.create(buildSequenceScoringGraph(ITEMS, settings).bytes);
    const feeds: Record<string, ort.Tensor> = { items: new ort.Tensor('int32', Int32Array.of(0, 7, -1), [1, 3]) };
    for (const { name, shape } of createSequenceNetwork(ITEMS, settings).parameters)
      feeds[name] = new ort.Tensor('float32', values[name]!, shape);
    const scores = (await session.run(feeds))['scores']!.data as Float32Array;
    // Catalogue of 11: items 4 and 10 are cold, the others keep their order.
    const modelItems = Int32Array.of(0, 1, 2, 3, -1, 4, 5, 6, 7, 8, -1);
    const model = await loadGraph(buildSequenceGraph({ itemCount: 11, modelItems, network: settings, values }));
    const { scores: served } = await model.run({ history: { dtype: 'int64', shape: [1, 4], data: BigInt64Array.of(0n, 8n, -1n, -1n) } });
    modelItems.forEach((item, place) =>
      item < 0 ? expect(served!.data[place]).toBe(-Infinity) : expect(served!.data[place]).toBeCloseTo(scores[item]!, 4),
    );
    const ranker = await loadGraph(buildSequenceRankerGraph({ itemCount: 11, modelItems, network: settings, values }));
    const order = Array.from(modelItems.keys()).sort((a, b) => Number(served!.data[b]) - Number(served!.data[a]) || a - b);
    const list = await ranker.run({
      history: { dtype: 'int64', shape: [1, 2], data: BigInt64Array.of(0n, 8n) },
      exclude: { dtype: 'int64', shape: [1, 2], data: BigInt64Array.of(BigInt(order[1]!), -1n) },
      k: { dtype: 'int64', shape: [1], data: BigInt64Array.of(20n) },
    });
    expect(Array.from(list['items']!.data.slice(0, 8), Number)).toEqual(order.filter((_, rank) => rank !== 1).slice(0, 8));
    expect(Array.from(list['scores']!.data.slice(8), Number)).toEqual([-Infinity, -Infinity, -Infinity]);
    await Promise.all([session.release(), model.close(), ranker.close()]);
  });
});

function lossFeeds(loss: SequenceLoss): Record<string, ort.Tensor> {
  const real = loss.kind === 'gbce' ? 'float32' : 'float64';
  const reals = (...values: number[]) =>
    new ort.Tensor(real, (real === 'float32' ? Float32Array : Float64Array).from(values) as never, [values.length]);
  const ints = (...values: number[]) => new ort.Tensor('int32', Int32Array.from(values), [values.length]);
  return {
    items: new ort.Tensor('int32', ROWS, [3, 4]),
    places: ints(0, 1, 2, 4, 8, 9),
    targets: ints(1, 4, 1, 8, 6, 5),
    weights: reals(0.1, 0.2, 0.1, 0.3, 0.2, 0.1),
    ...(loss.kind !== 'softmax' && { negatives: ints(8, 0, 4) }),
    ...(loss.kind === 'sampledSoftmax' && { log_expected: reals(-1, -0.5, -2) }),
  };
}

function scoresOf(state: Float32Array, table: Float32Array): number[] {
  const width = state.length;
  return Array.from({ length: table.length / width }, (_, item) =>
    state.reduce((sum, value, at) => sum + value * table[item * width + at]!, 0),
  );
}
