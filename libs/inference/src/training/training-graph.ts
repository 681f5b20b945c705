import { GraphBuilder, type OnnxGraph } from '../onnx/graph-builder';
import { emitAdam, type AdamSettings } from './adam';
import { createDropout, type Dropout } from './ops/dropout';
import type { ParameterSpec } from './parameters';
import { Tape, type Variable } from './tape';

export interface TrainingGraphOptions {
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
  readonly adam?: AdamSettings;
  /** Share of the numbers that a dropout sets to 0. @default 0 */
  readonly dropoutRate?: number;
  /** Writes the loss, a scalar, and declares the inputs that each step is fed. */
  loss(context: { readonly tape: Tape; readonly parameters: Readonly<Record<string, Variable>>; readonly dropout: Dropout }): Variable;
}

/** One step of training as one ONNX graph. */
export interface TrainingGraph {
  readonly graph: OnnxGraph;
  readonly parameters: readonly ParameterSpec[];
  readonly adam: AdamSettings;
  readonly dropout: { readonly rate: number; readonly sites: number; readonly poolSize: number };
}

/** The state of a parameter: its input's name in the graph for each part. The output is the same with `next/` in front. */
export const STATE_PARTS = {
  value: (name: string) => `value/${name}`,
  first: (name: string) => `first/${name}`,
  second: (name: string) => `second/${name}`,
} as const;

/**
 * Forward, backward and Adam of one step in one graph: what goes in is the batch, the rates (`adamRates`), the dropout's offsets and the
 * state of each parameter (its value and two moments), what comes out is `loss` and the next state.
 * @throws Error when a parameter does not reach the loss
 */
export function buildTrainingGraph({ name, parameters, adam = {}, dropoutRate = 0, loss }: TrainingGraphOptions): TrainingGraph {
  const graph = new GraphBuilder(name);
  const tape = new Tape(graph);
  const variables = Object.fromEntries(parameters.map((spec) => [spec.name, tape.parameter(STATE_PARTS.value(spec.name), spec.shape)]));
  const dropout = createDropout(tape, dropoutRate);
  const total = loss({ tape, parameters: variables, dropout });
  const gradients = tape.gradients(
    total,
    parameters.map((spec) => variables[spec.name]!),
  );
  const moments = parameters.map((spec, at) => ({
    parameter: variables[spec.name]!,
    gradient: gradients[at]!,
    first: tape.input(STATE_PARTS.first(spec.name), spec.shape),
    second: tape.input(STATE_PARTS.second(spec.name), spec.shape),
  }));
  const next = emitAdam(tape, moments, adam);
  graph.output(total.value, 'loss', tape.real, []);
  parameters.forEach((spec, at) => {
    const { parameter, first, second } = next[at]!;
    const parts = { value: parameter, first, second };
    for (const part of ['value', 'first', 'second'] as const)
      graph.output(parts[part].value, `next/${STATE_PARTS[part](spec.name)}`, tape.real, spec.shape);
  });
  const { sites, poolSize } = dropout;
  return { graph: graph.finish(), parameters, adam, dropout: { rate: dropoutRate, sites, poolSize } };
}
