import { binOf, populationStability, sharesOf, stabilityNoise } from '@tradewind/learning';
import type { Baseline } from './baseline';

/** How bad it is. */
export type DriftLevel = 'none' | 'warning' | 'alarm';

/** From which on it is so; of the index as of the share that moved. The common reading of the index: 0.1 and 0.25. */
export interface DriftThresholds {
  readonly warning: number;
  readonly alarm: number;
}

/** One feature of the model, compared with its training. */
export interface FeatureDrift {
  readonly name: string;
  /** Population stability index. */
  readonly psi: number;
  /** What the index may be by chance with so few customers; below it there is no alert. */
  readonly noise: number;
  readonly level: DriftLevel;
  /** Upper edges of the bins; the last one is open. */
  readonly edges: readonly number[];
  /** 0–1 by bin. */
  readonly expectedShares: readonly number[];
  readonly actualShares: readonly number[];
}

/** Counts customers by the bins of the training. */
export class DriftTally {
  customers = 0;
  private readonly counts: number[][];
  private readonly places: readonly number[];

  /** @param folded names of the columns of each vector */
  constructor(
    private readonly baseline: Baseline,
    folded: readonly string[],
  ) {
    this.counts = baseline.columns.map(({ shares }) => shares.map(() => 0));
    this.places = baseline.columns.map(({ name }) => folded.indexOf(name));
  }

  /** One customer, all folded columns. */
  add(vector: Float32Array): void {
    this.customers++;
    this.baseline.columns.forEach(({ edges }, i) => this.counts[i]![binOf(edges, vector[this.places[i]!]!)]!++);
  }

  features(thresholds: DriftThresholds): FeatureDrift[] {
    const { columns, customers } = this.baseline;
    return columns.map(({ name, edges, shares }, i) => {
      const actualShares = sharesOf(this.counts[i]!);
      const psi = populationStability(shares, actualShares);
      const noise = stabilityNoise({ bins: shares.length, expectedRows: customers, actualRows: this.customers });
      return { name, psi, noise, level: psi <= noise ? 'none' : levelOf(psi, thresholds), edges, expectedShares: shares, actualShares };
    });
  }
}

/** The highest level whose threshold is reached. */
export function levelOf(value: number, { warning, alarm }: DriftThresholds): DriftLevel {
  return value >= alarm ? 'alarm' : value >= warning ? 'warning' : 'none';
}
