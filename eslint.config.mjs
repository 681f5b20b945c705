import { readdirSync } from 'node:fs';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const TESTING = 'type:testing';
const CLIENTS = {
  kafkajs: 'eventing',
  ioredis: 'feature-store',
  'onnxruntime-node': 'inference',
  '@prisma/*': 'persistence',
  pg: 'persistence',
  '@electric-sql/*': 'persistence',
};

/** Which layer may know which (CONVENTIONS.md, Boundaries). */
const layers = [
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract'] },
  { sourceTag: TESTING, onlyDependOnLibsWithTags: ['type:contract'] },
  { sourceTag: 'type:observability', onlyDependOnLibsWithTags: ['type:contract'] },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:contract', 'type:observability'] },
  { sourceTag: 'type:runtime', onlyDependOnLibsWithTags: ['type:contract', 'type:observability', 'type:platform'] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:contract', 'type:observability', 'type:platform', 'type:runtime'] },
];

/** Each third-party client lives in one library. */
const PROJECTS = ['apps', 'libs'].flatMap((folder) => readdirSync(new URL(folder, import.meta.url)));
const clients = PROJECTS.map((name) => ({
  sourceTag: `name:${name}`,
  bannedExternalImports: Object.entries(CLIENTS)
    .filter(([, owner]) => owner !== name)
    .map(([client]) => client),
}));

const boundaries = (depConstraints, extra = {}) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: false,
      checkDynamicDependenciesExceptions: ['.*'],
      allow: [],
      depConstraints: [...depConstraints, ...clients],
      ...extra,
    },
  ],
});
const withTesting = layers.map((layer) => ({ ...layer, onlyDependOnLibsWithTags: [...layer.onlyDependOnLibsWithTags, TESTING] }));
const noNest = { patterns: [{ group: ['@nestjs/*'], message: 'Nest stays in apps, libs/runtime, *.module.ts and transport strategies.' }] };

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.tradewind/**', '**/gen/**', '**/*.mjs', '**/*.cjs', '**/*.js'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      ...boundaries(layers),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-syntax': ['error', { selector: 'ExportAllDeclaration', message: 'index.ts names what it exports.' }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read in libs/runtime/src/load-config.ts only.' },
      ],
    },
  },
  {
    files: ['libs/**/*.ts'],
    ignores: ['libs/runtime/**', 'libs/**/*.module.ts', 'libs/**/*-strategy.ts', 'libs/**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', noNest] },
  },
  { files: ['libs/runtime/src/load-config.ts', '**/*.spec.ts', 'libs/testing/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['**/*.spec.ts', '**/test/**/*.ts', '**/guide/**/*.ts', '**/*.contract.ts'], rules: boundaries(withTesting) },
  { files: ['apps/tradewind/**/*.ts'], rules: boundaries(layers, { allow: ['@tradewind/apps/**'] }) },
  {
    files: ['apps/tradewind/**/*.spec.ts', 'apps/tradewind/test/**/*.ts'],
    rules: boundaries(withTesting, { allow: ['@tradewind/apps/**'] }),
  },
);
