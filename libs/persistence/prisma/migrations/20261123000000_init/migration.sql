-- CreateEnum
CREATE TYPE "release_stage" AS ENUM ('live', 'shadow', 'retired');

-- CreateTable
CREATE TABLE "sources" (
    "source_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sources_pkey" PRIMARY KEY ("source_id")
);

-- CreateTable
CREATE TABLE "write_keys" (
    "hash" CHAR(64) NOT NULL,
    "source_id" TEXT NOT NULL,

    CONSTRAINT "write_keys_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "model_releases" (
    "model" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "stage" "release_stage" NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "manifest" JSONB NOT NULL,
    "released_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "model_releases_pkey" PRIMARY KEY ("model","version")
);

-- CreateTable
CREATE TABLE "model_artefacts" (
    "sha256" CHAR(64) NOT NULL,
    "size_bytes" INTEGER NOT NULL,

    CONSTRAINT "model_artefacts_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "model_artefact_chunks" (
    "sha256" CHAR(64) NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "model_artefact_chunks_pkey" PRIMARY KEY ("sha256","ordinal")
);

-- CreateTable
CREATE TABLE "segment_memberships" (
    "user_key" TEXT NOT NULL,
    "segment_id" TEXT NOT NULL,
    "segment_name" TEXT NOT NULL,
    "model_version" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "segment_memberships_pkey" PRIMARY KEY ("user_key")
);

-- CreateIndex
CREATE INDEX "write_keys_source_id_idx" ON "write_keys"("source_id");

-- CreateIndex
CREATE INDEX "model_releases_sha256_idx" ON "model_releases"("sha256");

-- CreateIndex
CREATE INDEX "segment_memberships_segment_id_since_idx" ON "segment_memberships"("segment_id", "since" DESC);

-- AddForeignKey
ALTER TABLE "write_keys" ADD CONSTRAINT "write_keys_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("source_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_releases" ADD CONSTRAINT "model_releases_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "model_artefacts"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_artefact_chunks" ADD CONSTRAINT "model_artefact_chunks_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "model_artefacts"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say.

-- At most one live version of a model.
CREATE UNIQUE INDEX "model_releases_one_live_idx" ON "model_releases"("model") WHERE "stage" = 'live';

-- No chunk above 1 MiB.
ALTER TABLE "model_artefact_chunks" ADD CONSTRAINT "model_artefact_chunks_data_check" CHECK (octet_length("data") BETWEEN 1 AND 1048576);
