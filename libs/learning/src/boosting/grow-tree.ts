import type { BinnedColumn } from './binning';
import { findSplit, type NodeSums, type Split, type SplitOptions } from './find-split';
import { fillHistogram, histogramStarts, subtractHistogram, type Derivatives } from './histogram';
import type { Tree } from './tree';

export interface GrowOptions extends SplitOptions {
  readonly maxLeaves: number;
  readonly learningRate: number;
}

/** A tree and how it came out on the rows it was grown on. */
export interface GrownTree {
  readonly tree: Tree;
  /** Adds the tree's value to the scores of any binned rows. */
  addTo(scores: Float64Array, rows: Int32Array): void;
}

interface Leaf {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly sums: NodeSums;
  readonly histogram: Float64Array;
  readonly split: Split | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** The largest float32: every number is at most this, so that only missing values go right. */
const EVERY_NUMBER = 3.4028234663852886e38;

/**
 * Grows regression trees leaf by leaf, always the leaf whose split gains most (LightGBM, Ke et al. 2017; scikit-learn's
 * HistGradientBoosting); the buffers are kept from tree to tree. A leaf's value is the Newton step −G / (H + λ) times the learning rate
 * (Chen and Guestrin 2016, equation 5).
 */
export class TreeGrower {
  private readonly rows: Int32Array;
  private readonly spare: Int32Array;
  private readonly starts: Int32Array;
  private readonly histograms: Float64Array[] = [];

  constructor(
    private readonly columns: readonly BinnedColumn[],
    private readonly learnFrom: Int32Array,
    private readonly options: GrowOptions,
  ) {
    this.rows = learnFrom.slice();
    this.starts = histogramStarts(columns);
    this.spare = new Int32Array(learnFrom.length);
  }

  grow(derivatives: Derivatives): GrownTree {
    this.rows.set(this.learnFrom);
    const tree = emptyTree();
    const tables: (Uint8Array | null)[] = [null];
    const root = sumsOf(this.rows, derivatives);
    addNode(tree, root.rows);
    const histogram = this.takeHistogram();
    fillHistogram(histogram, this.starts, this.columns, this.rows, derivatives);
    const leaves: Leaf[] = [this.leaf(0, 0, this.rows.length, root, histogram)];
    while (leaves.length < this.options.maxLeaves) {
      const at = mostGaining(leaves);
      if (at < 0) break;
      const [left, right] = this.splitLeaf(leaves[at]!, tree, derivatives, leaves.length + 1 < this.options.maxLeaves);
      tables[leaves[at]!.node] = leaves[at]!.split!.toLeft;
      leaves.splice(at, 1, left, right);
    }
    for (const { node, sums, histogram: used } of leaves) {
      tree.value[node] = Math.fround((-this.options.learningRate * sums.gradient) / (sums.hessian + this.options.l2));
      this.histograms.push(used);
    }
    return { tree, addTo: (scores, rows) => addByBins(tree, tables, this.columns, scores, rows) };
  }

  /** Parts the rows, counts the smaller side and gets the larger one by subtraction; skipped when the tree is full after this. */
  private splitLeaf(
    { node, start, end, sums, histogram, split }: Leaf,
    tree: Mutable<Tree>,
    derivatives: Derivatives,
    goOn: boolean,
  ): [Leaf, Leaf] {
    const { column, toLeft, left } = split!;
    const middle = this.part(this.columns[column]!.bins, toLeft, start, end);
    const right = { gradient: sums.gradient - left.gradient, hessian: sums.hessian - left.hessian, rows: sums.rows - left.rows };
    const [leftNode, rightNode] = [addNode(tree, left.rows), addNode(tree, right.rows)];
    writeSplit(tree, node, split!, this.columns[column]!, leftNode, rightNode);
    const smaller = this.takeHistogram();
    if (!goOn) {
      const done = (at: number, from: number, to: number, own: NodeSums, used: Float64Array): Leaf => ({
        node: at,
        start: from,
        end: to,
        sums: own,
        histogram: used,
        split: null,
      });
      return [done(leftNode, start, middle, left, smaller), done(rightNode, middle, end, right, histogram)];
    }
    const isLeftSmaller = middle - start <= end - middle;
    const part = isLeftSmaller ? this.rows.subarray(start, middle) : this.rows.subarray(middle, end);
    fillHistogram(smaller, this.starts, this.columns, part, derivatives);
    subtractHistogram(histogram, smaller);
    const [ofLeft, ofRight] = isLeftSmaller ? [smaller, histogram] : [histogram, smaller];
    return [this.leaf(leftNode, start, middle, left, ofLeft), this.leaf(rightNode, middle, end, right, ofRight)];
  }

  private leaf(node: number, start: number, end: number, sums: NodeSums, histogram: Float64Array): Leaf {
    const isSplittable = end - start >= 2 * this.options.minRowsPerLeaf;
    const split = isSplittable ? findSplit(histogram, this.starts, this.columns, sums, this.options) : null;
    return { node, start, end, sums, histogram, split };
  }

  /** Rows of the left side first, both in their old order; returns where the right side begins. */
  private part(bins: Uint8Array, toLeft: Uint8Array, start: number, end: number): number {
    const { rows, spare } = this;
    let [left, right] = [start, 0];
    for (let at = start; at < end; at++) {
      const row = rows[at]!;
      if (toLeft[bins[row]!] === 1) rows[left++] = row;
      else spare[right++] = row;
    }
    rows.set(spare.subarray(0, right), left);
    return left;
  }

  private takeHistogram(): Float64Array {
    return this.histograms.pop() ?? new Float64Array(this.starts.at(-1)!);
  }
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = -1;
  leaves.forEach(({ split }, at) => {
    if (split !== null && (best < 0 || split.gain > leaves[best]!.split!.gain)) best = at;
  });
  return best;
}

function sumsOf(rows: Int32Array, { gradients, hessians }: Derivatives): NodeSums {
  let [gradient, hessian] = [0, 0];
  for (const row of rows) {
    gradient += gradients[row]!;
    hessian += hessians[row]!;
  }
  return { gradient, hessian, rows: rows.length };
}

function emptyTree(): Mutable<Tree> {
  return { column: [], threshold: [], members: [], missingLeft: [], left: [], right: [], value: [], cover: [] };
}

function addNode(tree: Mutable<Tree>, cover: number): number {
  tree.column.push(-1);
  tree.threshold.push(0);
  tree.members.push(null);
  tree.missingLeft.push(false);
  tree.left.push(-1);
  tree.right.push(-1);
  tree.value.push(0);
  return tree.cover.push(cover) - 1;
}

function writeSplit(tree: Mutable<Tree>, node: number, split: Split, { edges, size }: BinnedColumn, left: number, right: number): void {
  tree.column[node] = split.column;
  tree.left[node] = left;
  tree.right[node] = right;
  tree.missingLeft[node] = split.toLeft[size] === 1;
  if (edges === null) tree.members[node] = Array.from({ length: size }, (_, code) => code).filter((code) => split.toLeft[code] === 1);
  else tree.threshold[node] = edges[split.lastBin] ?? EVERY_NUMBER;
}

function addByBins(
  tree: Tree,
  tables: readonly (Uint8Array | null)[],
  columns: readonly BinnedColumn[],
  scores: Float64Array,
  rows: Int32Array,
): void {
  for (const row of rows) {
    let node = 0;
    for (let column = tree.column[0]!; column >= 0; column = tree.column[node]!) {
      node = tables[node]![columns[column]!.bins[row]!] === 1 ? tree.left[node]! : tree.right[node]!;
    }
    scores[row]! += tree.value[node]!;
  }
}
