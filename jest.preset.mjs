import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const swcrc = JSON.parse(readFileSync(root + '.swcrc.json', 'utf8'));
const { paths } = JSON.parse(readFileSync(root + 'tsconfig.base.json', 'utf8')).compilerOptions;

/** Packages without a CommonJS build, which Jest cannot load as they are. */
const ESM_ONLY = '/node_modules/(@seriousme/openapi-schema-validator|hyparquet|hyparquet-compressors|hyparquet-writer|hysnappy)/';
const commonjs = (parser) => ['@swc/jest', { ...swcrc, jsc: { ...swcrc.jsc, parser }, swcrc: false, module: { type: 'commonjs' } }];

export default {
  rootDir: root,
  testEnvironment: root + 'jest.environment.cjs',
  transform: { '^.+\\.ts$': commonjs(swcrc.jsc.parser), [`${ESM_ONLY}.+\\.js$`]: commonjs({ syntax: 'ecmascript' }) },
  transformIgnorePatterns: [ESM_ONLY.replace('(', '(?!(').replace(')/', ')/)')],
  // The aliases of tsconfig.base.json, which stays their only list.
  moduleNameMapper: Object.fromEntries(Object.entries(paths).map(([name, [path]]) => [`^${name}$`, root + path])),
  testMatch: ['**/*.spec.ts'],
  setupFiles: [root + 'tools/fast-check-seed.cjs'],
  // Settles which real servers the run has (libs/testing/README.md).
  globalSetup: root + 'libs/testing/src/servers/global-setup.ts',
  globalTeardown: root + 'libs/testing/src/servers/global-teardown.ts',
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.tradewind/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.nx/', '<rootDir>/.tradewind/'],
  testTimeout: 90_000,
};
