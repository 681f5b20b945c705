import type { Source, SourceRepository, WriteKey } from './database';
import { guarded } from './database-errors';
import type { Prisma, PrismaClient, WriteKey as KeyRow } from './gen/prisma/client';

const WITH_KEYS = { writeKeys: { orderBy: [{ createdAt: 'asc' }, { hash: 'asc' }] } } satisfies Prisma.SourceInclude;
type SourceRow = Prisma.SourceGetPayload<{ include: typeof WITH_KEYS }>;

export class PrismaSourceRepository implements SourceRepository {
  constructor(private readonly prisma: PrismaClient) {}

  list(): Promise<Source[]> {
    return guarded('list sources', async () => {
      const rows = await this.prisma.source.findMany({ include: WITH_KEYS, orderBy: { sourceId: 'asc' } });
      return rows.map(toSource);
    });
  }

  upsert(source: Source): Promise<void> {
    return this.edit(source.sourceId, () => source).then(() => undefined);
  }

  edit(sourceId: string, change: (present: Source | null) => Source | null): Promise<Source | null> {
    return guarded(`write source ${sourceId}`, () =>
      this.prisma.$transaction(async (tx) => {
        // Held until the transaction ends: edits of one source happen one after the other.
        await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`source ${sourceId}`}))::text`;
        const row = await tx.source.findUnique({ where: { sourceId }, include: WITH_KEYS });
        const present = row === null ? null : toSource(row);
        const changed = change(present);
        if (changed === null) return present;
        await write(tx, { ...changed, sourceId });
        return changed;
      }),
    );
  }
}

async function write(tx: Prisma.TransactionClient, source: Source): Promise<void> {
  const { sourceId, name, enabled, writeKeys } = source;
  const data = { name, enabled, settings: source.settings as Prisma.InputJsonValue };
  await tx.source.upsert({ where: { sourceId }, create: { sourceId, ...data }, update: data });
  await tx.writeKey.deleteMany({ where: { sourceId, hash: { notIn: writeKeys.map(({ hash }) => hash) } } });
  for (const { hash, scopes, label, createdAtMs, expiresAtMs } of writeKeys) {
    const key = { sourceId, scopes: [...scopes], label, createdAt: new Date(createdAtMs), expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs) }; // prettier-ignore
    // A key moves when another source had it: one key names one source.
    await tx.writeKey.upsert({ where: { hash }, create: { hash, ...key }, update: key });
  }
}

function toSource({ sourceId, name, enabled, settings, writeKeys }: SourceRow): Source {
  return { sourceId, name, enabled, settings, writeKeys: writeKeys.map(toWriteKey) };
}

function toWriteKey({ hash, scopes, label, createdAt, expiresAt }: KeyRow): WriteKey {
  return { hash, scopes, label, createdAtMs: createdAt.getTime(), expiresAtMs: expiresAt?.getTime() ?? null };
}
