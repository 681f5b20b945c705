import type { RuleMembershipChange, RuleMembershipRepository, RuleMembershipRow, SegmentCount, SegmentOverlap } from './database';
import { guarded } from './database-errors';
import { Prisma, type PrismaClient, type RuleMembership } from './gen/prisma/client';

/** Rows of one statement: bounds its message to a few MiB. */
const ROWS_PER_STATEMENT = 5_000;

export class PrismaRuleMembershipRepository implements RuleMembershipRepository {
  constructor(private readonly prisma: PrismaClient) {}

  applyMany(changes: readonly RuleMembershipChange[]): Promise<void> {
    return guarded(`write ${changes.length} rule memberships`, async () => {
      const last = new Map(changes.map((change) => [`${change.segmentId}|${change.userKey}`, change]));
      // One order everywhere, so that two writers of the same rows cannot deadlock.
      const sorted = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
      for (let at = 0; at < sorted.length; at += ROWS_PER_STATEMENT) {
        const part = sorted.slice(at, at + ROWS_PER_STATEMENT);
        const [entered, left] = [part.filter(({ member }) => member), part.filter(({ member }) => !member)];
        if (entered.length > 0) await this.prisma.$executeRaw(upsertStatement(entered));
        if (left.length > 0) await this.prisma.$executeRaw(deleteStatement(left));
      }
    });
  }

  counts(): Promise<SegmentCount[]> {
    return guarded('count members of rules', () => {
      // The name of the newest member: a later version may have another.
      return this.prisma.$queryRaw<SegmentCount[]>`
        SELECT segment_id AS "segmentId", (array_agg(segment_name ORDER BY version DESC, since DESC))[1] AS "segmentName", count(*)::int AS members
        FROM rule_memberships GROUP BY segment_id ORDER BY members DESC, segment_id`;
    });
  }

  list(segmentId: string, limit: number): Promise<RuleMembershipRow[]> {
    return guarded(`list members of ${segmentId}`, async () => {
      const orderBy = [{ since: 'desc' as const }, { userKey: 'asc' as const }];
      return (await this.prisma.ruleMembership.findMany({ where: { segmentId }, orderBy, take: limit })).map(toRow);
    });
  }

  of(userKey: string): Promise<RuleMembershipRow[]> {
    return guarded('read rule memberships', async () => {
      return (await this.prisma.ruleMembership.findMany({ where: { userKey }, orderBy: { segmentId: 'asc' } })).map(toRow);
    });
  }

  overlap(limit: number): Promise<{ lookedAt: number; pairs: SegmentOverlap[] }> {
    return guarded('read the overlap of rules', async () => {
      const users = Prisma.sql`SELECT user_key FROM rule_memberships GROUP BY user_key ORDER BY md5(user_key) LIMIT ${limit}`;
      const [total] = await this.prisma.$queryRaw<{ users: number }[]>`SELECT count(*)::int AS users FROM (${users}) AS sample`;
      const pairs = await this.prisma.$queryRaw<SegmentOverlap[]>`
        WITH sample AS MATERIALIZED (SELECT user_key, segment_id FROM rule_memberships WHERE user_key IN (${users}))
        SELECT a.segment_id AS a, b.segment_id AS b, count(*)::int AS users
        FROM sample AS a JOIN sample AS b ON a.user_key = b.user_key AND a.segment_id <= b.segment_id
        GROUP BY a.segment_id, b.segment_id ORDER BY a.segment_id, b.segment_id`;
      return { lookedAt: total!.users, pairs: pairs.map(({ a, b, users: count }) => ({ a, b, users: count })) };
    });
  }
}

function column<R, T>(rows: readonly R[], read: (row: R) => T): T[] {
  return rows.map(read);
}

/** One array per column: a statement of fixed text, however many rows. */
function upsertStatement(rows: readonly RuleMembershipRow[]): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO rule_memberships (segment_id, user_key, segment_name, version, since)
    SELECT segment_id, user_key, segment_name, version::int, since::timestamptz FROM unnest(
      ${column(rows, (row) => row.segmentId)}::text[], ${column(rows, (row) => row.userKey)}::text[],
      ${column(rows, (row) => row.segmentName)}::text[], ${column(rows, (row) => String(row.version))}::text[],
      ${column(rows, (row) => new Date(row.sinceMs).toISOString())}::text[]
    ) AS row (segment_id, user_key, segment_name, version, since)
    ON CONFLICT (segment_id, user_key) DO UPDATE SET
      segment_name = excluded.segment_name, version = excluded.version, since = excluded.since`;
}

function deleteStatement(rows: readonly RuleMembershipRow[]): Prisma.Sql {
  return Prisma.sql`
    DELETE FROM rule_memberships AS present USING unnest(
      ${column(rows, (row) => row.segmentId)}::text[], ${column(rows, (row) => row.userKey)}::text[]
    ) AS gone (segment_id, user_key) WHERE present.segment_id = gone.segment_id AND present.user_key = gone.user_key`;
}

function toRow({ segmentId, userKey, segmentName, version, since }: RuleMembership): RuleMembershipRow {
  return { segmentId, userKey, segmentName, version, sinceMs: since.getTime() };
}
