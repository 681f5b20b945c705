import type { Objective } from '../src/minimise';

/** Holds the objective's gradient to central differences of its values. */
export function expectGradient(objective: Objective, at: Float64Array): void {
  const gradient = new Float64Array(at.length);
  objective(at, gradient);
  const spare = new Float64Array(at.length);
  at.forEach((x, i) => {
    const step = 1e-5 * Math.max(1, Math.abs(x));
    const moved = (by: number): number => objective(at.with(i, x + by), spare);
    const slope = (moved(step) - moved(-step)) / (2 * step);
    expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
  });
}
