// Runs the specs under the given folders: node tools/jest.mjs [folder…] [-- jest options]
import { spawnSync } from 'node:child_process';

const all = process.argv.slice(2);
const split = all.indexOf('--');
const folders = split < 0 ? all : all.slice(0, split);
const options = split < 0 ? [] : all.slice(split + 1);
const patterns = folders.length === 0 ? [] : ['--testPathPatterns', folders.map((f) => `${f.replace(/\/$/, '')}/`).join('|')];
// PGlite's CommonJS build imports dynamically, which Jest allows only with this flag.
const node = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '-c', 'jest.preset.mjs', '--passWithNoTests'];
const { status } = spawnSync(process.execPath, [...node, ...patterns, ...options], { stdio: 'inherit' });
process.exit(status ?? 1);
