// Writes all generated code, which is checked in: libs/contracts/src/gen (protobuf) and libs/persistence/src/gen (Prisma client).
// `npm run check` runs it and fails on a diff.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';

const run = (args) => execFileSync(process.execPath, args, { stdio: 'inherit' });
const protoFiles = readdirSync('proto', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.proto')).sort().map((f) => `proto/${f}`);

mkdirSync('libs/contracts/src/gen', { recursive: true });
const js = 'libs/contracts/src/gen/proto.js';
// protobufjs' static code encodes and decodes several times faster than protoc-gen-es (docs/adr/0003).
run(['node_modules/protobufjs-cli/bin/pbjs', '-t', 'static-module', '-w', 'commonjs', '-p', 'proto', '--force-number', '--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-service', '--no-typeurl', '-o', js, ...protoFiles]);
run(['node_modules/protobufjs-cli/bin/pbts', '-o', 'libs/contracts/src/gen/proto.d.ts', js]);
run(['tools/prisma.mjs', 'generate']);
