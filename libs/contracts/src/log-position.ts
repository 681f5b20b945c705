/** Where a record lies in the log. Offsets are safe integers: 2^53 records per partition. */
export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
