/** What both collectors of the ingest benchmark, ours and the floor (`bench/floor-ingest.mjs`), are told. */
export interface IngestRun {
  readonly brokers: string;
  /** Before every topic and key name. */
  readonly prefix: string;
  readonly topic: string;
  readonly writeKey: string;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  /** Of ours: where message ids are kept; in memory without it. */
  readonly redisUrl?: string | undefined;
  /** Of ours: whether repeated messages are dropped. */
  readonly dedup: boolean;
  /** Of ours: whether the source has a tracking plan. */
  readonly plan: boolean;
  /** Of the floor: how long a first record waits for company, milliseconds; null sends each request by itself. */
  readonly lingerMs?: number | null;
}

export interface IngestResult {
  readonly rssMb: number;
  /** The most it ever was. */
  readonly maxRssMb: number;
  /** From ready to the end. */
  readonly cpuSeconds: number;
}
