/** A dense table of finite numbers, row-major: row r, column c is `data[r * columns + c]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** A matrix over rows of equal length. @throws RangeError when lengths differ or a value is not finite. */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, r) => {
    if (row.length !== columns) throw new RangeError(`row ${r} has ${row.length} columns, the first has ${columns}`);
    data.set(row, r * columns);
  });
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`row ${Math.floor(bad / columns)}, column ${bad % columns} is ${data[bad]}`);
  return { rows: rows.length, columns, data };
}

/** The rows of these numbers, in their order. */
export function pickRows({ columns, data }: Matrix, rows: Int32Array): Matrix {
  const picked = new Float32Array(rows.length * columns);
  rows.forEach((row, to) => picked.set(data.subarray(row * columns, (row + 1) * columns), to * columns));
  return { rows: rows.length, columns, data: picked };
}
