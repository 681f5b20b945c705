/** A site or app that sends events. Write keys are stored as SHA-256 only. */
export interface Source {
  /** Lower-case letters, digits and dashes; first part of every user key. */
  readonly sourceId: string;
  readonly name: string;
  /** Hex SHA-256 of each accepted write key. */
  readonly writeKeyHashes: readonly string[];
  readonly enabled: boolean;
}

export type ReleaseStageName = 'live' | 'shadow' | 'retired';

/** One trained model version; the ONNX bytes are an artefact named by `sha256`. */
export interface ReleaseRow {
  readonly model: string;
  readonly version: string;
  readonly stage: ReleaseStageName;
  readonly sha256: string;
  /** `ModelManifest` of libs/inference as JSON. */
  readonly manifest: unknown;
  readonly releasedAtMs: number;
}

/** Current segment of a customer, as a table that people and the console query. */
export interface MembershipRow {
  readonly userKey: string;
  readonly segmentId: string;
  readonly segmentName: string;
  readonly modelVersion: string;
  readonly sinceMs: number;
}

export interface SegmentCount {
  readonly segmentId: string;
  readonly segmentName: string;
  readonly members: number;
}

export interface SourceRepository {
  list(): Promise<Source[]>;
  upsert(source: Source): Promise<void>;
}

export interface ReleaseRepository {
  /** Adds the version with its bytes in one transaction; when its stage is live, the former live one is retired. Repeating it changes nothing. */
  publish(release: ReleaseRow, onnx: Uint8Array): Promise<void>;
  /** Newest first. */
  list(model: string): Promise<ReleaseRow[]>;
  live(model: string): Promise<ReleaseRow | null>;
  /** Makes `version` live and retires the one that was. @throws NOT_FOUND */
  promote(model: string, version: string): Promise<ReleaseRow>;
  /** @throws MODEL_NOT_FOUND */
  artefact(sha256: string): Promise<Uint8Array>;
}

export interface MembershipRepository {
  /** One statement by unnest, last row per user wins. */
  upsertMany(rows: readonly MembershipRow[]): Promise<void>;
  counts(): Promise<SegmentCount[]>;
  list(segmentId: string, limit: number): Promise<MembershipRow[]>;
  of(userKey: string): Promise<MembershipRow | null>;
}

/** One version of a tracking plan. */
export interface PlanRow {
  readonly planId: string;
  /** From 1. */
  readonly version: number;
  readonly name: string;
  /** JSON; ingest owns the shape. The order of its keys is not kept. */
  readonly document: unknown;
  readonly createdAtMs: number;
}

/** Tracking plans by id and version; what is written stays as it is. */
export interface PlanRepository {
  /** Writing the same again changes nothing. @throws STATE_CONFLICT when the version is there with other content */
  put(plan: Omit<PlanRow, 'createdAtMs'>): Promise<PlanRow>;
  /** The newest version when none is named. */
  get(planId: string, version?: number): Promise<PlanRow | null>;
  /** The newest version of each plan, by id. */
  list(): Promise<PlanRow[]>;
  /** Newest first. */
  versions(planId: string): Promise<PlanRow[]>;
}

/** PostgreSQL, or PGlite with the same schema, migrations and Prisma client. Errors: DATABASE_UNAVAILABLE (retryable). */
export interface Database {
  readonly kind: 'postgres' | 'pglite';
  readonly sources: SourceRepository;
  readonly releases: ReleaseRepository;
  readonly memberships: MembershipRepository;
  readonly plans: PlanRepository;
  ping(): Promise<void>;
  close(): Promise<void>;
}
