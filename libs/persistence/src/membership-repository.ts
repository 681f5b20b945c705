import type { MembershipRepository, MembershipRow, SegmentCount } from './database';
import { guarded } from './database-errors';
import { Prisma, type PrismaClient, type SegmentMembership } from './gen/prisma/client';

/** Rows of one statement: bounds its message to a few MiB. */
const ROWS_PER_STATEMENT = 5_000;

export class PrismaMembershipRepository implements MembershipRepository {
  constructor(private readonly prisma: PrismaClient) {}

  upsertMany(rows: readonly MembershipRow[]): Promise<void> {
    return guarded(`write ${rows.length} segment memberships`, async () => {
      const last = new Map(rows.map((row) => [row.userKey, row]));
      // One order everywhere, so that two writers of the same users cannot deadlock.
      const sorted = [...last.values()].sort((a, b) => (a.userKey < b.userKey ? -1 : 1));
      for (let at = 0; at < sorted.length; at += ROWS_PER_STATEMENT)
        await this.prisma.$executeRaw(upsertStatement(sorted.slice(at, at + ROWS_PER_STATEMENT)));
    });
  }

  removeMany(userKeys: readonly string[]): Promise<void> {
    return guarded(`remove ${userKeys.length} segment memberships`, async () => {
      await this.prisma.segmentMembership.deleteMany({ where: { userKey: { in: [...userKeys].sort() } } });
    });
  }

  counts(): Promise<SegmentCount[]> {
    return guarded('count segment members', async () => {
      // One name per segment, that of its newest member: a retrained model may rename a segment.
      const rows = await this.prisma.$queryRaw<{ segmentId: string; segmentName: string; members: number }[]>`
        SELECT segment_id AS "segmentId", (array_agg(segment_name ORDER BY since DESC))[1] AS "segmentName", count(*)::int AS members
        FROM segment_memberships GROUP BY segment_id ORDER BY members DESC, segment_id`;
      return rows.map(({ segmentId, segmentName, members }) => ({ segmentId, segmentName, members }));
    });
  }

  list(segmentId: string, limit: number): Promise<MembershipRow[]> {
    return guarded(`list segment ${segmentId}`, async () => {
      const rows = await this.prisma.segmentMembership.findMany({
        where: { segmentId },
        orderBy: [{ since: 'desc' }, { userKey: 'asc' }],
        take: limit,
      });
      return rows.map(toRow);
    });
  }

  of(userKey: string): Promise<MembershipRow | null> {
    return guarded('read a segment membership', async () => {
      const row = await this.prisma.segmentMembership.findUnique({ where: { userKey } });
      return row === null ? null : toRow(row);
    });
  }
}

/** One array per column: a statement of fixed text and five parameters, however many rows. */
function upsertStatement(rows: readonly MembershipRow[]): Prisma.Sql {
  const column = <T>(read: (row: MembershipRow) => T) => rows.map(read);
  return Prisma.sql`
    INSERT INTO segment_memberships (user_key, segment_id, segment_name, model_version, since)
    SELECT user_key, segment_id, segment_name, model_version, since::timestamptz FROM unnest(
      ${column((row) => row.userKey)}::text[], ${column((row) => row.segmentId)}::text[], ${column((row) => row.segmentName)}::text[],
      ${column((row) => row.modelVersion)}::text[], ${column((row) => new Date(row.sinceMs).toISOString())}::text[]
    ) AS row (user_key, segment_id, segment_name, model_version, since)
    ON CONFLICT (user_key) DO UPDATE SET
      segment_id = excluded.segment_id, segment_name = excluded.segment_name, model_version = excluded.model_version, since = excluded.since`;
}

function toRow({ userKey, segmentId, segmentName, modelVersion, since }: SegmentMembership): MembershipRow {
  return { userKey, segmentId, segmentName, modelVersion, sinceMs: since.getTime() };
}
