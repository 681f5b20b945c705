import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const BOUNDARIES = '@nx/enforce-module-boundaries';

/** Each rule of CONVENTIONS.md (Boundaries) with one import that breaks it: a rule that cannot fail would guard nothing. */
const BAD: readonly (readonly [what: string, file: string, code: string, rule: string])[] = [
  ['a platform lib imports another', 'libs/eventing/src/bad.ts', `export { x } from '@tradewind/feature-store';`, BOUNDARIES],
  ['contracts imports a lib', 'libs/contracts/src/bad.ts', `export { x } from '@tradewind/observability';`, BOUNDARIES],
  ['a lib imports an app', 'libs/runtime/src/bad.ts', `export { x } from '@tradewind/apps/ingest';`, BOUNDARIES],
  ['testing imports a platform lib', 'libs/testing/src/bad.ts', `export { x } from '@tradewind/eventing';`, BOUNDARIES],
  ['an app imports an app', 'apps/ingest/src/bad.ts', `export { x } from '@tradewind/apps/gateway';`, BOUNDARIES],
  ['an app reaches into a lib', 'apps/ingest/src/bad.ts', `export { x } from '../../../libs/contracts/src/ids';`, BOUNDARIES],
  ['testing outside of specs', 'apps/ingest/src/bad.ts', `export { x } from '@tradewind/testing';`, BOUNDARIES],
  ['testing outside of specs, in a lib', 'libs/eventing/src/bad.ts', `export { x } from '@tradewind/testing';`, BOUNDARIES],
  ['kafkajs outside eventing', 'apps/ingest/src/bad.ts', `export { Kafka } from 'kafkajs';`, BOUNDARIES],
  ['kafkajs in a spec outside eventing', 'libs/feature-store/src/bad.spec.ts', `import 'kafkajs';`, BOUNDARIES],
  ['ioredis outside feature-store', 'apps/tradewind/src/bad.ts', `export { Redis } from 'ioredis';`, BOUNDARIES],
  ['onnxruntime-node outside inference', 'libs/learning/src/bad.ts', `export { Tensor } from 'onnxruntime-node';`, BOUNDARIES],
  ['Prisma outside persistence', 'apps/gateway/src/bad.ts', `export { x } from '@prisma/client';`, BOUNDARIES],
  ['pg outside persistence', 'libs/runtime/src/bad.ts', `export { Client } from 'pg';`, BOUNDARIES],
  ['Nest in a lib', 'libs/eventing/src/bad.ts', `export { Module } from '@nestjs/common';`, 'no-restricted-imports'],
  ['a setting read elsewhere', 'apps/ingest/src/bad.ts', `export const x = process.env['X'];`, 'no-restricted-properties'],
  ['an index without names', 'libs/eventing/src/index.ts', `export * from './event-log';`, 'no-restricted-syntax'],
  ['any', 'libs/eventing/src/bad.ts', `export const x: any = 1;`, '@typescript-eslint/no-explicit-any'],
  ['an empty catch', 'libs/eventing/src/bad.ts', `export const f = () => { try { f(); } catch {} };`, 'no-empty'],
];

const GOOD: readonly (readonly [what: string, file: string, code: string])[] = [
  [
    'an app imports platform libs and runtime',
    'apps/ingest/src/good.ts',
    `export { x } from '@tradewind/eventing';\nexport { y } from '@tradewind/runtime';`,
  ],
  ['a platform lib imports contracts', 'libs/eventing/src/good.ts', `export { x } from '@tradewind/contracts';`],
  ['eventing imports kafkajs', 'libs/eventing/src/good.ts', `export { Kafka } from 'kafkajs';`],
  [
    'persistence imports Prisma and pg',
    'libs/persistence/src/good.ts',
    `export { x } from '@prisma/client';\nexport { Client } from 'pg';`,
  ],
  ['a spec imports testing', 'libs/eventing/src/good.spec.ts', `import { eventually } from '@tradewind/testing';\nvoid eventually;`],
  ['a contract suite imports testing', 'libs/eventing/src/good.contract.ts', `export { eventually } from '@tradewind/testing';`],
  ['the command line composes apps', 'apps/tradewind/src/good.ts', `export { ingest } from '@tradewind/apps/ingest';`],
  ['a strategy imports Nest', 'libs/eventing/src/good-strategy.ts', `export { Server } from '@nestjs/microservices';`],
];

function lint(cases: readonly { file: string; code: string }[]): string[][] {
  const options = { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false' } } as const;
  // The boundaries rule reads Nx's project graph, which a fresh clone lacks.
  const graph = spawnSync('npx', ['nx', 'show', 'projects'], options);
  if (graph.status !== 0) throw new Error(`nx show projects: ${graph.stderr}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/lint-text.mjs'], { ...options, input: JSON.stringify(cases) });
  if (status !== 0) throw new Error(`tools/lint-text.mjs: ${stderr}`);
  return JSON.parse(stdout) as string[][];
}

describe('boundaries', () => {
  let messages: string[][];
  beforeAll(() => {
    messages = lint([...BAD.map(([, file, code]) => ({ file, code })), ...GOOD.map(([, file, code]) => ({ file, code }))]);
  }, 120_000);

  it.each(BAD.map(([what, , , rule], i) => [what, rule, i] as const))('%s: %s reports it', (_what, rule, i) => {
    expect(messages[i]!.filter((message) => message.startsWith(`${rule}:`))).toHaveLength(1);
  });

  it.each(GOOD.map(([what], i) => [what, i] as const))('%s: nothing is reported', (_what, i) => {
    expect(messages[BAD.length + i]).toEqual([]);
  });
});
