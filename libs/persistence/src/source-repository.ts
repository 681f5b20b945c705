import type { Source, SourceRepository } from './database';
import { guarded } from './database-errors';
import type { PrismaClient } from './gen/prisma/client';

export class PrismaSourceRepository implements SourceRepository {
  constructor(private readonly prisma: PrismaClient) {}

  list(): Promise<Source[]> {
    return guarded('list sources', async () => {
      const rows = await this.prisma.source.findMany({
        include: { writeKeys: { orderBy: { hash: 'asc' } } },
        orderBy: { sourceId: 'asc' },
      });
      return rows.map(({ sourceId, name, enabled, writeKeys }) => ({
        sourceId,
        name,
        enabled,
        writeKeyHashes: writeKeys.map(({ hash }) => hash),
      }));
    });
  }

  upsert({ sourceId, name, enabled, writeKeyHashes }: Source): Promise<void> {
    return guarded(`write source ${sourceId}`, () =>
      this.prisma.$transaction(async (tx) => {
        await tx.source.upsert({ where: { sourceId }, create: { sourceId, name, enabled }, update: { name, enabled } });
        await tx.writeKey.deleteMany({ where: { sourceId, hash: { notIn: [...writeKeyHashes] } } });
        // A key moves when another source had it: one key names one source.
        for (const hash of writeKeyHashes) await tx.writeKey.upsert({ where: { hash }, create: { hash, sourceId }, update: { sourceId } });
      }),
    );
  }
}
