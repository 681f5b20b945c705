/** A secret that lets its holder send as a source. The key itself is never stored. */
export interface WriteKey {
  /** Hex SHA-256 of the key; one key names one source. */
  readonly hash: string;
  /** What it may do; ingest owns the names. */
  readonly scopes: readonly string[];
  /** For people; may be ''. */
  readonly label: string;
  readonly createdAtMs: number;
  /** It works until then, epoch milliseconds UTC; null is for ever. */
  readonly expiresAtMs: number | null;
}

/** A site or app that sends events. */
export interface Source {
  /** Lower-case letters, digits and dashes; first part of every user key. */
  readonly sourceId: string;
  readonly name: string;
  readonly enabled: boolean;
  /** JSON, as it was written; ingest owns and checks the shape. */
  readonly settings: unknown;
  /** Oldest first. */
  readonly writeKeys: readonly WriteKey[];
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
  /** By source id. */
  list(): Promise<Source[]>;
  /** Writes the source as it is given, with these write keys and no others. A key that another source has moves. */
  upsert(source: Source): Promise<void>;
  /**
   * Writes what `change` makes of the source (null when there is none) while no other edit of it runs; null changes nothing. Resolves to what
   * is stored then. What `change` throws is passed on and nothing is written.
   */
  edit(sourceId: string, change: (present: Source | null) => Source | null): Promise<Source | null>;
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
  /** Of these users; those who have none are passed over. */
  removeMany(userKeys: readonly string[]): Promise<void>;
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

/** One version of a segment by rule. */
export interface SegmentRow {
  readonly segmentId: string;
  /** From 1. */
  readonly version: number;
  readonly name: string;
  /** JSON; libs/rules owns the shape. The order of its keys is not kept. */
  readonly rule: unknown;
  /** Of the newest version: whether the segment is live. */
  readonly enabled: boolean;
  readonly createdAtMs: number;
}

/** Segments by rule, by id and version; a written rule stays as it is. */
export interface SegmentRepository {
  /** Writes the next version, enabled; when the newest is equal it only enables that. */
  put(segment: Pick<SegmentRow, 'segmentId' | 'name' | 'rule'>): Promise<SegmentRow>;
  /** The newest version when none is named. */
  get(segmentId: string, version?: number): Promise<SegmentRow | null>;
  /** The newest version of each segment, by id. */
  list(): Promise<SegmentRow[]>;
  /** Newest first. */
  versions(segmentId: string): Promise<SegmentRow[]>;
  /** Of the newest version. @throws NOT_FOUND */
  setEnabled(segmentId: string, enabled: boolean): Promise<SegmentRow>;
}

/** A user in a segment by rule. */
export interface RuleMembershipRow {
  readonly segmentId: string;
  readonly userKey: string;
  readonly segmentName: string;
  /** Of the definition that the user entered by. */
  readonly version: number;
  readonly sinceMs: number;
}

export interface RuleMembershipChange extends RuleMembershipRow {
  /** False: the user left. */
  readonly member: boolean;
}

/** How many of the looked-at users are in both segments; with itself: in it. */
export interface SegmentOverlap {
  readonly a: string;
  readonly b: string;
  readonly users: number;
}

/** Who is in which segment by rule, as a table that people and the console query. */
export interface RuleMembershipRepository {
  /** Of each user and segment the last change wins. */
  applyMany(changes: readonly RuleMembershipChange[]): Promise<void>;
  counts(): Promise<SegmentCount[]>;
  /** Newest first. */
  list(segmentId: string, limit: number): Promise<RuleMembershipRow[]>;
  /** By segment id. */
  of(userKey: string): Promise<RuleMembershipRow[]>;
  /** Among at most `limit` users, the same ones each time, taken by a hash of their keys; each pair once with a ≤ b. */
  overlap(limit: number): Promise<{ readonly lookedAt: number; readonly pairs: readonly SegmentOverlap[] }>;
}

/** PostgreSQL, or PGlite with the same schema, migrations and Prisma client. Errors: DATABASE_UNAVAILABLE (retryable). */
export interface Database {
  readonly kind: 'postgres' | 'pglite';
  readonly sources: SourceRepository;
  readonly releases: ReleaseRepository;
  readonly memberships: MembershipRepository;
  readonly plans: PlanRepository;
  readonly segments: SegmentRepository;
  readonly ruleMemberships: RuleMembershipRepository;
  ping(): Promise<void>;
  close(): Promise<void>;
}
