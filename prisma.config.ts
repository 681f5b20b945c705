import { defineConfig } from 'prisma/config';

// For the Prisma CLI only (tools/prisma.mjs); services read DATABASE_URL in libs/runtime.
export default defineConfig({
  schema: 'libs/persistence/prisma/schema.prisma',
  migrations: { path: 'libs/persistence/prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost:5432/tradewind' },
});
