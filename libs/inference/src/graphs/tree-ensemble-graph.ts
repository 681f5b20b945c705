import { GraphBuilder, type OnnxGraph, type Value } from '../onnx/graph-builder';

/** A binary tree, one entry a node, node 0 the root; the shape in which `@tradewind/learning` grows them. */
export interface EnsembleTree {
  /** −1 at a leaf. */
  readonly column: readonly number[];
  /** Numbers: x ≤ threshold goes left. */
  readonly threshold: readonly number[];
  /** Categories: the codes that go left; null for numbers and leaves. */
  readonly members: readonly (readonly number[] | null)[];
  readonly missingLeft: readonly boolean[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

export interface TreeEnsembleModel {
  /** In the order of the input's columns. */
  readonly columns: readonly { readonly name: string; readonly categories?: readonly string[] }[];
  readonly baseline: number;
  readonly trees: readonly EnsembleTree[];
  /** `log` adds the output `probability`. */
  readonly loss: 'log' | 'squared';
}

/** What the operator reads: parallel lists over the nodes of all trees, and over the leaves. */
interface EnsembleLists {
  readonly columns: number[];
  readonly thresholds: number[];
  readonly trees: number[];
  readonly nodes: number[];
  readonly modes: string[];
  readonly left: number[];
  readonly right: number[];
  readonly missingLeft: number[];
  readonly leafTrees: number[];
  readonly leafNodes: number[];
  readonly leafValues: number[];
}

/** A way of parting one column's categories: `right[code]` is 1 where the code goes right; the last entry is for missing values. */
interface Parting {
  readonly column: number;
  readonly right: readonly number[];
}

/**
 * Boosted trees as an ONNX graph (operator TreeEnsembleRegressor of ai.onnx.ml 3).
 *
 * - `features` float32 [n, f]: numbers, or codes of categories; NaN is a missing value, and so is any code out of range.
 * - `score` float32 [n]: baseline + Σ trees, summed in float32.
 * - `probability` float32 [n], of the log loss only: 1 / (1 + e^−score).
 *
 * The operator knows thresholds only. Each way in which a tree parts a column's categories becomes a column of its own, looked up by code:
 * 0 for left, 1 for right.
 *
 * @throws RangeError when there is no column or a number is not finite.
 */
export function buildTreeEnsembleGraph(model: TreeEnsembleModel): OnnxGraph {
  const width = model.columns.length;
  if (width === 0) throw new RangeError('trees need at least one column');
  const g = new GraphBuilder('tree_ensemble');
  const score = addTreeEnsemble(g, g.input('features', 'float32', ['n', width]), model);
  g.output(score, 'score', 'float32', ['n']);
  if (model.loss === 'log') g.output(g.op('Sigmoid', [score]), 'probability', 'float32', ['n']);
  return g.finish({ domains: { 'ai.onnx.ml': 3 } });
}

/** The score [n] of the trees for `features` [n, f] inside another graph. @throws RangeError when a number is not finite. */
export function addTreeEnsemble(g: GraphBuilder, features: Value, model: TreeEnsembleModel): Value {
  const numbers = model.trees.flatMap(({ value, threshold }) => [...value, ...threshold]);
  if (![model.baseline, ...numbers].every(Number.isFinite)) throw new RangeError('a baseline, threshold or leaf is not finite');
  const partings = new Map<string, Parting>();
  const lists = flatten(model, partings);
  const looked = [...groupByColumn(partings).entries()].map(([column, own]) => lookUp(g, features, column, own));
  const wide = looked.length === 0 ? features : g.op('Concat', [features, ...looked], { axis: { int: 1 } });
  return g.op('Squeeze', [ensemble(g, wide, lists, model.baseline), g.ints([1])]);
}

/** The lists of all trees; a new parting of categories is numbered behind the columns in the order of its first use. */
function flatten({ columns, trees }: TreeEnsembleModel, partings: Map<string, Parting>): EnsembleLists {
  const lists: EnsembleLists = {
    columns: [],
    thresholds: [],
    trees: [],
    nodes: [],
    modes: [],
    left: [],
    right: [],
    missingLeft: [],
    leafTrees: [],
    leafNodes: [],
    leafValues: [],
  };
  const leaf: EnsembleTree = { column: [-1], threshold: [0], members: [null], missingLeft: [false], left: [-1], right: [-1], value: [0] };
  for (const [t, tree] of (trees.length === 0 ? [leaf] : trees).entries()) {
    tree.column.forEach((column, node) => {
      const isLeaf = column < 0;
      const members = tree.members[node]!;
      const parting = members && { column, right: rightOf(columns[column]!.categories!.length, members, tree.missingLeft[node]!) };
      lists.trees.push(t);
      lists.nodes.push(node);
      lists.modes.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      lists.columns.push(isLeaf ? 0 : parting === null ? column : columns.length + numberOf(parting, partings));
      lists.thresholds.push(parting === null ? tree.threshold[node]! : 0.5);
      lists.left.push(isLeaf ? 0 : tree.left[node]!);
      lists.right.push(isLeaf ? 0 : tree.right[node]!);
      lists.missingLeft.push(Number(!isLeaf && parting === null && tree.missingLeft[node]!));
      if (!isLeaf) return;
      lists.leafTrees.push(t);
      lists.leafNodes.push(node);
      lists.leafValues.push(tree.value[node]!);
    });
  }
  return withOrder(lists, columns.length, partings);
}

function rightOf(categories: number, members: readonly number[], missingLeft: boolean): number[] {
  const right = new Array<number>(categories + 1).fill(1);
  for (const code of members) right[code] = 0;
  right[categories] = Number(!missingLeft);
  return right;
}

function numberOf(parting: Parting, partings: Map<string, Parting>): number {
  const key = `${parting.column}:${parting.right.join('')}`;
  const at = [...partings.keys()].indexOf(key);
  if (at >= 0) return at;
  partings.set(key, parting);
  return partings.size - 1;
}

/** Partings stand column by column in the wide input: renumbers them from the order of first use. */
function withOrder(lists: EnsembleLists, width: number, partings: Map<string, Parting>): EnsembleLists {
  const used = [...partings.values()];
  const ordered = [...groupByColumn(partings).values()].flat();
  const place = used.map((parting) => ordered.indexOf(parting));
  return { ...lists, columns: lists.columns.map((column) => (column < width ? column : width + place[column - width]!)) };
}

function groupByColumn(partings: Map<string, Parting>): Map<number, Parting[]> {
  const byColumn = new Map<number, Parting[]>();
  for (const parting of partings.values()) byColumn.set(parting.column, [...(byColumn.get(parting.column) ?? []), parting]);
  return byColumn;
}

/** [n, f] → [n, partings] of one column. */
function lookUp(g: GraphBuilder, features: Value, column: number, partings: readonly Parting[]): Value {
  const missing = partings[0]!.right.length - 1;
  const raw = g.op('Gather', [features, g.ints(column)], { axis: { int: 1 } }); // [n]
  const isKnown = g.op('And', [g.op('GreaterOrEqual', [raw, g.floats(0)]), g.op('Less', [raw, g.floats(missing)])]); // false for NaN
  const code = g.op('Cast', [g.op('Where', [isKnown, raw, g.floats(missing)])], { to: { int: 7 } }); // int64
  const data = Float32Array.from(
    { length: (missing + 1) * partings.length },
    (_, at) => partings[at % partings.length]!.right[Math.floor(at / partings.length)]!,
  );
  const table = g.matrix(data, [missing + 1, partings.length]);
  return g.op('Gather', [table, code], { axis: { int: 0 } });
}

/** [n, columns] → [n, 1] */
function ensemble(g: GraphBuilder, input: Value, lists: EnsembleLists, baseline: number): Value {
  const attributes = {
    n_targets: { int: 1 },
    aggregate_function: { string: 'SUM' },
    post_transform: { string: 'NONE' },
    base_values: { floats: [baseline] },
    nodes_treeids: { ints: lists.trees },
    nodes_nodeids: { ints: lists.nodes },
    nodes_featureids: { ints: lists.columns },
    nodes_modes: { strings: lists.modes },
    nodes_values: { floats: lists.thresholds },
    nodes_truenodeids: { ints: lists.left },
    nodes_falsenodeids: { ints: lists.right },
    nodes_missing_value_tracks_true: { ints: lists.missingLeft },
    target_treeids: { ints: lists.leafTrees },
    target_nodeids: { ints: lists.leafNodes },
    target_ids: { ints: lists.leafNodes.map(() => 0) },
    target_weights: { floats: lists.leafValues },
  };
  return g.op('TreeEnsembleRegressor', [input], attributes, 'ai.onnx.ml');
}
