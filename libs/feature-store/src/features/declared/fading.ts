import { DAY_MS } from '../units';

/**
 * Forward decay (Cormode, Shkapenyuk, Srivastava & Xu 2009, eq. 1): a value of weight w at t counts w · 2^(t / h − landmark), so that what is kept need
 * not be touched as time goes by. Landmarks are whole half-lives: moving one multiplies by a power of two, which is exact, and sums of the same
 * events differ by their order only in rounding (2^−53 of the sum for each event). No half-life: nothing fades, and whole numbers are exact.
 */
export class Fading {
  private readonly halfLifeMs: number;
  private lastMs = NaN;
  /** Of the last time, from 1 to 2. */
  private weight = 1;

  constructor(halfLifeDays: number | undefined) {
    this.halfLifeMs = (halfLifeDays ?? Infinity) * DAY_MS;
  }

  /** The last whole half-life before a moment; 0 when nothing fades. */
  landmarkOf(atMs: number): number {
    return Math.floor(atMs / this.halfLifeMs);
  }

  /** What 1 at that time counts against the landmark: 1 to 2, or less when it is late. */
  weightAt(atMs: number, landmark: number): number {
    const own = this.landmarkOf(atMs);
    if (atMs !== this.lastMs) {
      this.weight = 2 ** (atMs / this.halfLifeMs - own);
      this.lastMs = atMs;
    }
    return own === landmark ? this.weight : this.weight * this.move(own, landmark);
  }

  /** By what to multiply what was counted against the earlier landmark. */
  move(fromLandmark: number, toLandmark: number): number {
    return 2 ** (fromLandmark - toLandmark);
  }
}

const known = new Map<number | undefined, Fading>();

/** One for each half-life: features that look at the same event one after the other share its weight. @param halfLifeDays `undefined`: nothing fades */
export function fadingOf(halfLifeDays: number | undefined): Fading {
  const fading = known.get(halfLifeDays) ?? new Fading(halfLifeDays);
  known.set(halfLifeDays, fading);
  return fading;
}
