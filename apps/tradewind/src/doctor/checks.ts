import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import { javaVersion } from '../stack/kafka-server';
import { isPortFree } from '../stack/ports';
import { findProgram } from '../stack/shell';

/** One thing that was looked at. `warning`: something optional is missing; `failure`: Tradewind cannot run like this. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failure';
  readonly found: string;
  /** What to do; empty when ok. */
  readonly remedy: string;
}

const MIN_FREE_GIB = 2;
const CONNECT_TIMEOUT_MS = 2000;

const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, remedy: '' });
const warning = (check: string, found: string, remedy: string): Finding => ({ check, state: 'warning', found, remedy });
const failure = (check: string, found: string, remedy: string): Finding => ({ check, state: 'failure', found, remedy });

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return isEnough ? ok('Node.js', version) : failure('Node.js', version, 'install Node.js 20.19 or later');
}

export function checkJava(): Finding {
  const remedy = 'only `stack up` without Docker needs it: install Java 17 or later (Debian: apt-get install openjdk-17-jdk-headless)';
  if (findProgram('java') === null) return warning('Java', 'not on the PATH', remedy);
  const version = javaVersion(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr);
  return version !== null && version >= 17 ? ok('Java', String(version)) : warning('Java', String(version ?? 'unknown'), remedy);
}

/** A program that only `stack up` needs. */
export function checkProgram(name: string, debianPackage: string): Finding {
  const path = findProgram(name);
  return path === null
    ? warning(name, 'not on the PATH', `only \`stack up\` without Docker needs it: apt-get install ${debianPackage}`)
    : ok(name, path);
}

export async function checkPort(port: number, setting: string): Promise<Finding> {
  return (await isPortFree(port))
    ? ok(`port ${port}`, 'free')
    : warning(`port ${port}`, 'taken', `stop what listens there (ss -ltnp), or set ${setting} to another port`);
}

/** Writable, and room for the log; the nearest existing folder counts. */
export function checkDataDir(dataDir: string): Finding[] {
  const folder = nearestFolder(resolve(dataDir));
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    return [
      failure(
        'data folder',
        `${folder}: ${(error as NodeJS.ErrnoException).code}`,
        'make it writable, or name another: --data-dir FOLDER or DATA_DIR',
      ),
    ];
  }
  const { bavail, bsize } = statfsSync(folder);
  const freeGib = (bavail * bsize) / 2 ** 30;
  const room = `${freeGib.toFixed(1)} GiB free`;
  return [
    ok('data folder', folder),
    freeGib >= MIN_FREE_GIB
      ? ok('disk', room)
      : failure('disk', room, `free at least ${MIN_FREE_GIB} GiB, or name a folder elsewhere: --data-dir FOLDER`),
  ];
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

/** A backing service, by TCP. Unset is fine: the embedded one is used. */
export async function checkServer(setting: string, value: string | undefined, defaultPort: number): Promise<Finding> {
  if (value === undefined || value === '') return ok(setting, 'not set: embedded');
  const address = addressOf(value, defaultPort);
  if (address === null) return failure(setting, 'not host:port or a URL', `correct ${setting}, or unset it for the embedded one`);
  const reached = await canConnect(address.host, address.port);
  const found = `${address.host}:${address.port}`;
  return reached
    ? ok(setting, `${found} answers`)
    : failure(
        setting,
        `${found} does not answer`,
        `start it (npx tradewind stack up), correct ${setting}, or unset it for the embedded one`,
      );
}

/** Host and port only, so that a password is never shown. */
function addressOf(value: string, defaultPort: number): { host: string; port: number } | null {
  const text = value.includes('://') ? value : `tcp://${value.split(',')[0]}`;
  if (!URL.canParse(text)) return null;
  const { hostname, port } = new URL(text);
  return hostname === '' ? null : { host: hostname, port: Number(port || defaultPort) };
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolveAnswer) => {
    const socket = connect({ host, port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolveAnswer(answer);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}
