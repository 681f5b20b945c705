import { isDeepStrictEqual } from 'node:util';
import { AppError } from '@tradewind/contracts';
import type { SegmentRepository, SegmentRow } from './database';
import { guarded } from './database-errors';
import type { Prisma, PrismaClient, SegmentDefinition } from './gen/prisma/client';

export class PrismaSegmentRepository implements SegmentRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async put(segment: Pick<SegmentRow, 'segmentId' | 'name' | 'rule'>): Promise<SegmentRow> {
    // Two writers of one segment: the later one finds its number taken and looks again.
    for (;;) {
      const written = await this.write(segment);
      if (written !== null) return written;
    }
  }

  get(segmentId: string, version?: number): Promise<SegmentRow | null> {
    return guarded(`read segment ${segmentId}`, async () => {
      const where = { segmentId, ...(version !== undefined && { version }) };
      const row = await this.prisma.segmentDefinition.findFirst({ where, orderBy: { version: 'desc' } });
      return row === null ? null : toRow(row);
    });
  }

  list(): Promise<SegmentRow[]> {
    return guarded('list segments', async () => {
      const orderBy = [{ segmentId: 'asc' as const }, { version: 'desc' as const }];
      const rows = await this.prisma.segmentDefinition.findMany({ distinct: ['segmentId'], orderBy });
      return rows.map(toRow);
    });
  }

  versions(segmentId: string): Promise<SegmentRow[]> {
    return guarded(`list versions of segment ${segmentId}`, async () => {
      const rows = await this.prisma.segmentDefinition.findMany({ where: { segmentId }, orderBy: { version: 'desc' } });
      return rows.map(toRow);
    });
  }

  async setEnabled(segmentId: string, enabled: boolean): Promise<SegmentRow> {
    const newest = await this.get(segmentId);
    if (newest === null) throw new AppError('NOT_FOUND', `no segment ${segmentId} is stored`);
    const key = { segmentId, version: newest.version };
    return guarded(`change segment ${segmentId}`, async () =>
      toRow(await this.prisma.segmentDefinition.update({ where: { segmentId_version: key }, data: { enabled } })),
    );
  }

  /** `null` when another writer took the version. */
  private async write({ segmentId, name, rule }: Pick<SegmentRow, 'segmentId' | 'name' | 'rule'>): Promise<SegmentRow | null> {
    const newest = await this.get(segmentId);
    if (newest !== null && newest.name === name && isDeepStrictEqual(newest.rule, JSON.parse(JSON.stringify(rule))))
      return newest.enabled ? newest : this.setEnabled(segmentId, true);
    const version = (newest?.version ?? 0) + 1;
    return guarded(`write segment ${segmentId}@${version}`, async () => {
      const data = { segmentId, version, name, rule: rule as Prisma.InputJsonValue };
      const { count } = await this.prisma.segmentDefinition.createMany({ data, skipDuplicates: true });
      if (count === 0) return null;
      return toRow(await this.prisma.segmentDefinition.findUniqueOrThrow({ where: { segmentId_version: { segmentId, version } } }));
    });
  }
}

function toRow({ segmentId, version, name, rule, enabled, createdAt }: SegmentDefinition): SegmentRow {
  return { segmentId, version, name, rule, enabled, createdAtMs: createdAt.getTime() };
}
