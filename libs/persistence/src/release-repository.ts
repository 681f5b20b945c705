import { createHash } from 'node:crypto';
import { AppError } from '@tradewind/contracts';
import type { ReleaseRepository, ReleaseRow } from './database';
import { guarded } from './database-errors';
import type { ModelRelease, Prisma, PrismaClient } from './gen/prisma/client';

const CHUNK_BYTES = 1024 * 1024;
/** Models may be large and databases slow; within this a publication is done or undone. */
const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

export class PrismaReleaseRepository implements ReleaseRepository {
  constructor(private readonly prisma: PrismaClient) {}

  publish(release: ReleaseRow, onnx: Uint8Array): Promise<void> {
    return guarded(`publish ${release.model} ${release.version}`, async () => {
      assertChecksum(release, onnx);
      await this.prisma.$transaction(async (tx) => {
        await lockModel(tx, release.model);
        const where = { model_version: { model: release.model, version: release.version } };
        const present = await tx.modelRelease.findUnique({ where });
        if (present !== null) return assertSame(present, release);
        await storeArtefact(tx, release.sha256, onnx);
        if (release.stage === 'live') await retireLive(tx, release.model);
        const { model, version, stage, sha256, releasedAtMs } = release;
        const manifest = release.manifest as Prisma.InputJsonValue;
        await tx.modelRelease.create({ data: { model, version, stage, sha256, manifest, releasedAt: new Date(releasedAtMs) } });
      }, TRANSACTION);
    });
  }

  list(model: string): Promise<ReleaseRow[]> {
    return guarded(`list releases of ${model}`, async () => {
      const rows = await this.prisma.modelRelease.findMany({ where: { model }, orderBy: [{ releasedAt: 'desc' }, { version: 'desc' }] });
      return rows.map(toRow);
    });
  }

  live(model: string): Promise<ReleaseRow | null> {
    return guarded(`read the live release of ${model}`, async () => {
      const row = await this.prisma.modelRelease.findFirst({ where: { model, stage: 'live' } });
      return row === null ? null : toRow(row);
    });
  }

  promote(model: string, version: string): Promise<ReleaseRow> {
    return guarded(`promote ${model} ${version}`, () =>
      this.prisma.$transaction(async (tx) => {
        await lockModel(tx, model);
        const where = { model_version: { model, version } };
        const row = await tx.modelRelease.findUnique({ where });
        if (row === null) throw new AppError('NOT_FOUND', `model ${model} has no version ${version}`);
        if (row.stage === 'live') return toRow(row);
        await retireLive(tx, model);
        return toRow(await tx.modelRelease.update({ where, data: { stage: 'live' } }));
      }, TRANSACTION),
    );
  }

  artefact(sha256: string): Promise<Uint8Array> {
    return guarded(`read artefact ${sha256}`, async () => {
      const head = await this.prisma.modelArtefact.findUnique({ where: { sha256 } });
      if (head === null) throw new AppError('MODEL_NOT_FOUND', `no artefact ${sha256}`);
      const bytes = new Uint8Array(head.sizeBytes);
      let at = 0;
      for (let ordinal = 0; at < bytes.length; ordinal++) {
        const chunk = await this.prisma.modelArtefactChunk.findUnique({ where: { sha256_ordinal: { sha256, ordinal } } });
        if (chunk === null || at + chunk.data.length > bytes.length)
          throw new AppError('MODEL_CORRUPT', `artefact ${sha256}: chunk ${ordinal} is missing or too long`);
        bytes.set(chunk.data, at);
        at += chunk.data.length;
      }
      return bytes;
    });
  }
}

/** Held until the transaction ends: publications and promotions of one model happen one after the other. */
async function lockModel(tx: Prisma.TransactionClient, model: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${model}))::text`;
}

async function retireLive(tx: Prisma.TransactionClient, model: string): Promise<void> {
  await tx.modelRelease.updateMany({ where: { model, stage: 'live' }, data: { stage: 'retired' } });
}

async function storeArtefact(tx: Prisma.TransactionClient, sha256: string, onnx: Uint8Array): Promise<void> {
  const inserted = await tx.modelArtefact.createMany({ data: { sha256, sizeBytes: onnx.length }, skipDuplicates: true });
  if (inserted.count === 0) return;
  for (let ordinal = 0; ordinal * CHUNK_BYTES < onnx.length; ordinal++) {
    const data = Uint8Array.from(onnx.subarray(ordinal * CHUNK_BYTES, (ordinal + 1) * CHUNK_BYTES));
    await tx.modelArtefactChunk.create({ data: { sha256, ordinal, data } });
  }
}

function assertChecksum({ model, version, sha256 }: ReleaseRow, onnx: Uint8Array): void {
  const actual = createHash('sha256').update(onnx).digest('hex');
  if (actual !== sha256)
    throw new AppError('MODEL_CHECKSUM_MISMATCH', `${model} ${version}: the bytes hash to ${actual}, the release says ${sha256}`);
}

/** A version names one file for ever. */
function assertSame(present: ModelRelease, { model, version, sha256 }: ReleaseRow): void {
  if (present.sha256 !== sha256)
    throw new AppError('STATE_CONFLICT', `${model} ${version} is already published with other bytes (${present.sha256})`);
}

function toRow({ model, version, stage, sha256, manifest, releasedAt }: ModelRelease): ReleaseRow {
  return { model, version, stage, sha256, manifest, releasedAtMs: releasedAt.getTime() };
}
