import { createRequire } from 'node:module';
import { decodeRecord, encodeRecord } from './record-codec';

/**
 * Puts our record codec into kafkajs 2.2.4, which spends most of its time in its own: bytes and objects are the same (record-codec.spec.ts holds them
 * together), so when a later kafkajs has moved these files, or was loaded before, it merely goes on with its own. Import it before kafkajs.
 */
const REPLACED = {
  'kafkajs/src/protocol/recordBatch/record/v0/index.js': encodeRecord,
  'kafkajs/src/protocol/recordBatch/record/v0/decoder.js': decodeRecord,
};
const load = createRequire(__filename);

for (const [path, replacement] of Object.entries(REPLACED)) {
  const file = resolveIn(path);
  if (file === null) continue;
  load(file);
  const module = load.cache[file];
  if (module) module.exports = replacement;
}

function resolveIn(path: string): string | null {
  try {
    return load.resolve(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
