// node tools/browser.mjs: Chromium for the tests that drive a browser. Does nothing where one is there; else installs the distribution's with
// apt-get, which needs root on Debian or a relative of it.
import { spawnSync } from 'node:child_process';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const has = (name) => spawnSync('sh', ['-c', 'command -v "$0"', name]).status === 0;
const found = process.env.CHROMIUM_PATH || NAMES.find(has);

if (found) console.log(`Chromium is there: ${found}`);
else if (process.getuid?.() === 0 && has('apt-get')) {
  console.log('installing chromium with apt-get');
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status;
  process.exitCode = apt('update') || apt('install', '-y', '--no-install-recommends', 'chromium') || 0;
} else {
  console.error(
    'no Chromium on the PATH: install it (Debian: apt-get install chromium; macOS: brew install --cask chromium), or set CHROMIUM_PATH',
  );
  process.exitCode = 1;
}
