/** What both collectors of the ingest benchmark, ours and the floor (`bench/floor-ingest.mjs`), are told. */
export interface IngestRun {
  readonly brokers: string;
  /** Before every topic name. */
  readonly prefix: string;
  readonly topic: string;
  readonly writeKey: string;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  /** Of the floor: how long a first record waits for company, milliseconds; null sends each request by itself. */
  readonly lingerMs?: number | null;
}

export interface IngestResult {
  readonly rssMb: number;
  /** From ready to the end. */
  readonly cpuSeconds: number;
}
