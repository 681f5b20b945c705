import { isDeepStrictEqual } from 'node:util';
import { AppError } from '@tradewind/contracts';
import type { PlanRepository, PlanRow } from './database';
import { guarded } from './database-errors';
import type { Prisma, PrismaClient, TrackingPlan } from './gen/prisma/client';

export class PrismaPlanRepository implements PlanRepository {
  constructor(private readonly prisma: PrismaClient) {}

  put({ planId, version, name, document }: Omit<PlanRow, 'createdAtMs'>): Promise<PlanRow> {
    return guarded(`write plan ${planId}@${version}`, async () => {
      const data = { planId, version, name, document: document as Prisma.InputJsonValue };
      // Whoever comes first writes; everyone then compares with what is there.
      await this.prisma.trackingPlan.createMany({ data, skipDuplicates: true });
      const present = await this.prisma.trackingPlan.findUniqueOrThrow({ where: { planId_version: { planId, version } } });
      if (present.name !== name || !isDeepStrictEqual(present.document, JSON.parse(JSON.stringify(document))))
        throw new AppError(
          'STATE_CONFLICT',
          `plan ${planId}@${version} is written with other content and never changes: give it a new version`,
        );
      return toRow(present);
    });
  }

  get(planId: string, version?: number): Promise<PlanRow | null> {
    return guarded(`read plan ${planId}`, async () => {
      const where = { planId, ...(version !== undefined && { version }) };
      const row = await this.prisma.trackingPlan.findFirst({ where, orderBy: { version: 'desc' } });
      return row === null ? null : toRow(row);
    });
  }

  list(): Promise<PlanRow[]> {
    return guarded('list plans', async () => {
      const rows = await this.prisma.trackingPlan.findMany({ distinct: ['planId'], orderBy: [{ planId: 'asc' }, { version: 'desc' }] });
      return rows.map(toRow);
    });
  }

  versions(planId: string): Promise<PlanRow[]> {
    return guarded(`list versions of plan ${planId}`, async () => {
      const rows = await this.prisma.trackingPlan.findMany({ where: { planId }, orderBy: { version: 'desc' } });
      return rows.map(toRow);
    });
  }
}

function toRow({ planId, version, name, document, createdAt }: TrackingPlan): PlanRow {
  return { planId, version, name, document, createdAtMs: createdAt.getTime() };
}
