-- CreateTable
CREATE TABLE "segment_definitions" (
    "segment_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "rule" JSONB NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "segment_definitions_pkey" PRIMARY KEY ("segment_id","version")
);

-- CreateTable
CREATE TABLE "rule_memberships" (
    "segment_id" TEXT NOT NULL,
    "user_key" TEXT NOT NULL,
    "segment_name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rule_memberships_pkey" PRIMARY KEY ("segment_id","user_key")
);

-- CreateIndex
CREATE INDEX "rule_memberships_segment_id_since_idx" ON "rule_memberships"("segment_id", "since" DESC);

-- CreateIndex
CREATE INDEX "rule_memberships_user_key_idx" ON "rule_memberships"("user_key");
