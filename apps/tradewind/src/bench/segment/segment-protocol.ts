import type { SegmentRow } from '@tradewind/persistence';

/** What the measured segmentation process is told. */
export interface SegmentRun {
  readonly brokers: readonly string[];
  readonly redisUrl: string;
  /** Before every topic, group and state key. */
  readonly prefix: string;
  /** As many customers are kept in memory. */
  readonly users: number;
  /** File with the segments as JSON: `SegmentRow[]`. */
  readonly segmentsFile: string;
}

export type SegmentRows = readonly SegmentRow[];
