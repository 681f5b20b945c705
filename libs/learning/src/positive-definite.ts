/** Told how much of the arithmetic is done, 0–1, rising; called a few hundred times at most. */
export type ProgressListener = (fraction: number) => void;

/** Side of a square tile; three of them (216 KiB) stay in a core's second-level cache. A multiple of the kernel's 3. */
const TILE = 96;

/**
 * The inverse of a symmetric positive definite matrix (n × n, row-major), in place: only the lower triangle is read, both are
 * written. n³ flops and no second matrix: A = L·Lᵀ (Cholesky) in the lower triangle, W = L⁻ᵀ in the upper one, then
 * A⁻¹ = W·Wᵀ over L. All three phases are sums of tile · tileᵀ, the form whose rows lie contiguous
 * (Golub and Van Loan, Matrix Computations, 4th ed., §4.2.9).
 *
 * @throws RangeError when the matrix is not positive definite; its content is then spoilt.
 */
export function invertPositiveDefinite(a: Float64Array, n: number, onProgress?: ProgressListener): void {
  if (a.length !== n * n) throw new RangeError(`a matrix of ${n} × ${n} has ${n * n} values, not ${a.length}`);
  const grid = new TileGrid(a, n);
  const tiles = grid.tiles;
  const done = createProgress(3 * tiles * (tiles + 1) * (tiles + 2), onProgress);
  factorise(grid, done);
  invertFactor(grid, done);
  multiplyFactors(grid, done);
  mirror(a, n);
  onProgress?.(1);
}

/** L over the lower triangle, tile column by tile column. */
function factorise(grid: TileGrid, done: (products: number) => void): void {
  const [c, x, y, corner] = newTiles();
  for (let j = 0; j < grid.tiles; j++) {
    for (let i = j; i < grid.tiles; i++) {
      grid.read(i, j, c);
      for (let k = 0; k < j; k++) {
        grid.read(j, k, y);
        if (i !== j) grid.read(i, k, x);
        subtractProduct(c, i === j ? y : x, y);
      }
      if (i === j) {
        factoriseTile(c, grid.size(j));
        corner.set(c);
      } else solveTile(c, corner, grid.size(j));
      grid.write(i, j, c, i === j ? 'lower' : 'all');
      done(6 * (j + 1));
    }
  }
}

/** W = L⁻ᵀ over the strict upper triangle: row I of W·Lᵀ = 1 solved tile by tile. W's diagonal is 1 / L's and is not stored. */
function invertFactor(grid: TileGrid, done: (products: number) => void): void {
  const [c, x, y, corner] = newTiles();
  for (let j = 0; j < grid.tiles; j++) {
    grid.read(j, j, corner);
    for (let i = 0; i <= j; i++) {
      c.fill(0);
      if (i === j) for (let at = 0; at < grid.size(j); at++) c[at * TILE + at] = 1;
      for (let k = i; k < j; k++) {
        readInverseFactor(grid, i, k, x);
        grid.read(j, k, y);
        subtractProduct(c, x, y);
      }
      solveTile(c, corner, grid.size(j));
      grid.write(i, j, c, i === j ? 'strict upper' : 'all');
      done(6 * (j - i + 1));
    }
  }
}

/** A⁻¹ = W·Wᵀ over the lower triangle; the diagonal tile of a row comes last, because it overwrites W's diagonal. */
function multiplyFactors(grid: TileGrid, done: (products: number) => void): void {
  const [c, x, y] = newTiles();
  for (let i = 0; i < grid.tiles; i++) {
    for (let j = 0; j <= i; j++) {
      c.fill(0);
      for (let k = i; k < grid.tiles; k++) {
        readInverseFactor(grid, i, k, x);
        if (i !== j) readInverseFactor(grid, j, k, y);
        subtractProduct(c, x, i === j ? x : y);
      }
      for (let at = 0; at < c.length; at++) c[at] = -c[at]!;
      grid.write(i, j, c, i === j ? 'lower' : 'all');
      done(6 * (grid.tiles - i));
    }
  }
}

function readInverseFactor(grid: TileGrid, i: number, k: number, tile: Float64Array): void {
  grid.read(i, k, tile);
  if (i !== k) return;
  for (let row = 0; row < TILE; row++) {
    tile.fill(0, row * TILE, row * TILE + row);
    const diagonal = tile[row * TILE + row]!;
    tile[row * TILE + row] = diagonal === 0 ? 0 : 1 / diagonal;
  }
}

/** Cholesky of one tile; its strict upper triangle becomes 0. */
function factoriseTile(c: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = c[i * TILE + j]!;
      for (let k = 0; k < j; k++) sum -= c[i * TILE + k]! * c[j * TILE + k]!;
      if (i > j) c[i * TILE + j] = sum / c[j * TILE + j]!;
      else if (sum > 0) c[j * TILE + j] = Math.sqrt(sum);
      else throw new RangeError('the matrix is not positive definite');
    }
    c.fill(0, j * TILE + j + 1, (j + 1) * TILE);
  }
}

/** c ← c · corner⁻ᵀ for a lower triangular corner: each row by forward substitution. */
function solveTile(c: Float64Array, corner: Float64Array, size: number): void {
  for (let row = 0; row < TILE * TILE; row += TILE) {
    for (let j = 0; j < size; j++) {
      const pivot = j * TILE;
      let sum = c[row + j]!;
      for (let k = 0; k < j; k++) sum -= c[row + k]! * corner[pivot + k]!;
      c[row + j] = sum / corner[pivot + j]!;
    }
  }
}

/** c ← c − x · yᵀ. Nine sums at a time stay in registers and use each loaded number three times. */
function subtractProduct(c: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let x0 = 0; x0 < TILE * TILE; x0 += 3 * TILE) {
    const x1 = x0 + TILE;
    const x2 = x1 + TILE;
    for (let j = 0; j < TILE; j += 3) subtractNine(c, x, y, x0, x1, x2, j);
  }
}

function subtractNine(c: Float64Array, x: Float64Array, y: Float64Array, x0: number, x1: number, x2: number, j: number): void {
  const y0 = j * TILE;
  const y1 = y0 + TILE;
  const y2 = y1 + TILE;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  for (let k = 0; k < TILE; k++) {
    const a = x[x0 + k]!;
    const b = x[x1 + k]!;
    const d = x[x2 + k]!;
    const p = y[y0 + k]!;
    const q = y[y1 + k]!;
    const r = y[y2 + k]!;
    s00 += a * p;
    s01 += a * q;
    s02 += a * r;
    s10 += b * p;
    s11 += b * q;
    s12 += b * r;
    s20 += d * p;
    s21 += d * q;
    s22 += d * r;
  }
  c[x0 + j]! -= s00;
  c[x0 + j + 1]! -= s01;
  c[x0 + j + 2]! -= s02;
  c[x1 + j]! -= s10;
  c[x1 + j + 1]! -= s11;
  c[x1 + j + 2]! -= s12;
  c[x2 + j]! -= s20;
  c[x2 + j + 1]! -= s21;
  c[x2 + j + 2]! -= s22;
}

/** A square matrix seen as tiles; what a border tile has beyond the matrix reads as 0 and is not written. */
class TileGrid {
  readonly tiles: number;

  constructor(
    private readonly a: Float64Array,
    private readonly n: number,
  ) {
    this.tiles = Math.ceil(n / TILE);
  }

  /** Rows (= columns) of the matrix in the diagonal tile i. */
  size(i: number): number {
    return Math.min(TILE, this.n - i * TILE);
  }

  read(i: number, j: number, tile: Float64Array): void {
    const [rows, columns] = [this.size(i), this.size(j)];
    if (rows < TILE || columns < TILE) tile.fill(0);
    for (let row = 0; row < rows; row++) {
      const from = (i * TILE + row) * this.n + j * TILE;
      for (let column = 0, to = row * TILE; column < columns; column++, to++) tile[to] = this.a[from + column]!;
    }
  }

  write(i: number, j: number, tile: Float64Array, part: 'all' | 'lower' | 'strict upper'): void {
    const [rows, columns] = [this.size(i), this.size(j)];
    for (let row = 0; row < rows; row++) {
      const first = part === 'strict upper' ? row + 1 : 0;
      const end = part === 'lower' ? row + 1 : columns;
      const to = (i * TILE + row) * this.n + j * TILE;
      for (let column = first; column < end; column++) this.a[to + column] = tile[row * TILE + column]!;
    }
  }
}

/** Copies the lower triangle over the upper one, tile by tile so that both sides stay in the cache. */
function mirror(a: Float64Array, n: number): void {
  for (let i0 = 0; i0 < n; i0 += TILE) {
    for (let j0 = 0; j0 <= i0; j0 += TILE) {
      for (let i = i0; i < Math.min(n, i0 + TILE); i++) {
        for (let j = j0; j < Math.min(i, j0 + TILE); j++) a[j * n + i] = a[i * n + j]!;
      }
    }
  }
}

function newTiles(): [Float64Array, Float64Array, Float64Array, Float64Array] {
  const tile = () => new Float64Array(TILE * TILE);
  return [tile(), tile(), tile(), tile()];
}

/** Counts units of work and reports each further half per cent. */
function createProgress(total: number, onProgress: ProgressListener | undefined): (products: number) => void {
  let units = 0;
  let reported = 0;
  return (products) => {
    units += products;
    const fraction = Math.min(1, units / total);
    if (onProgress === undefined || fraction - reported < 0.005) return;
    reported = fraction;
    onProgress(fraction);
  };
}
