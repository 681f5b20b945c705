/**
 * The assignment of rows to columns with the least total cost (Kuhn 1955; the O(rows² · columns) shortest augmenting path form
 * of Jonker and Volgenant 1987). `cost` is rows × columns, row-major, finite. Returns each row's column; where there are more
 * rows than columns, −1 for the rows left over.
 */
export function minimumCostAssignment(cost: Float64Array, rows: number, columns: number): Int32Array {
  if (cost.length !== rows * columns) throw new RangeError(`${rows} × ${columns} costs expected, got ${cost.length}`);
  if (rows <= columns) return assignRows((row, column) => cost[row * columns + column]!, rows, columns);
  const rowOf = assignRows((column, row) => cost[row * columns + column]!, columns, rows);
  const assigned = new Int32Array(rows).fill(-1);
  rowOf.forEach((row, column) => (assigned[row] = column));
  return assigned;
}

/** Adds row after row; each time the cheapest chain of changes frees a column. Index 0 of every array is a sentinel. */
function assignRows(cost: (row: number, column: number) => number, rows: number, columns: number): Int32Array {
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOfColumn = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    const previous = new Int32Array(columns + 1);
    const least = new Float64Array(columns + 1).fill(Infinity);
    const visited = new Uint8Array(columns + 1);
    rowOfColumn[0] = row;
    let column = 0;
    do {
      visited[column] = 1;
      const from = rowOfColumn[column]!;
      let next = 0;
      for (let to = 1; to <= columns; to++) {
        if (visited[to]) continue;
        const reduced = cost(from - 1, to - 1) - rowPotential[from]! - columnPotential[to]!;
        if (reduced < least[to]!) {
          least[to] = reduced;
          previous[to] = column;
        }
        if (next === 0 || least[to]! < least[next]!) next = to;
      }
      const step = least[next]!;
      for (let to = 0; to <= columns; to++) {
        if (visited[to]) {
          rowPotential[rowOfColumn[to]!]! += step;
          columnPotential[to]! -= step;
        } else least[to]! -= step;
      }
      column = next;
    } while (rowOfColumn[column] !== 0);
    for (; column !== 0; column = previous[column]!) rowOfColumn[column] = rowOfColumn[previous[column]!]!;
  }
  const assigned = new Int32Array(rows);
  for (let column = 1; column <= columns; column++) if (rowOfColumn[column] !== 0) assigned[rowOfColumn[column]! - 1] = column - 1;
  return assigned;
}
