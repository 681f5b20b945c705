/** What came of training one model. */
export interface TrainingReport {
  readonly model: string;
  readonly version: string;
  /** Whether it is live now. */
  readonly promoted: boolean;
  /** Why, or why not. */
  readonly reason: string;
  /** On held-out data, of the new model. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same metrics for what it was measured against, by method name. */
  readonly comparison: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
