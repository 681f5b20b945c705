import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import type { LocalServer, ServerContext } from './server';
import { aptInstall, canAptInstall, findProgram, runProgram } from './shell';
import { askPort, postgresStartupRequest } from './wire';

const USER = 'tradewind';
const DATABASE = 'tradewind';
/** Where Debian keeps what it leaves out of the PATH. */
const DEBIAN_PROGRAMS = 'ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL, which refuses to run as root: there it runs as the user `postgres`. */
export const postgresServer: LocalServer = {
  name: 'postgres',
  defaultPort: 5432,
  setting: 'DATABASE_URL',
  // Fast shutdown: sessions are ended, the data is left consistent.
  stopSignal: 'SIGINT',
  settingValue: (port) => `postgresql://${USER}:${USER}@127.0.0.1:${port}/${DATABASE}`,
  async prepare(context) {
    const { postgres, initdb } = await requirePrograms(context);
    const owner = process.getuid?.() === 0 ? requireOwner() : undefined;
    const data = dataFolder(context.dir, owner);
    if (!existsSync(join(data, 'PG_VERSION'))) await initialise({ postgres, initdb, data, owner, context });
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(context.port),
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: '64MB',
    };
    return {
      program: postgres,
      args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      ...owner,
    };
  },
  // 'R' asks for the password; while it starts it answers with an error.
  isReady: async (port) => (await askPort(port, postgresStartupRequest(USER, DATABASE)))?.toString('latin1', 0, 1) === 'R',
  wipe: (dir) => rmSync(elsewhere(dir), { recursive: true, force: true }),
};

async function requirePrograms({ dir, note }: ServerContext): Promise<{ postgres: string; initdb: string }> {
  const find = () => {
    const debian = spawnSync('sh', ['-c', DEBIAN_PROGRAMS], { encoding: 'utf8' }).stdout.trim();
    const [postgres, initdb] = ['postgres', 'initdb'].map(
      (name) => findProgram(name) ?? (debian === '' ? null : findProgram(join(debian, name))),
    );
    return postgres && initdb ? { postgres, initdb } : null;
  };
  const found = find();
  if (found !== null) return found;
  const remedy = 'install PostgreSQL 15 or later (Debian: apt-get install postgresql; macOS: brew install postgresql)';
  if (!canAptInstall()) throw new AppError('CONFIG_INVALID', `postgres and initdb are not on the PATH: ${remedy}`);
  note('installing postgresql with apt-get');
  await aptInstall('postgresql', join(dir, 'install.log'));
  const installed = find();
  if (installed === null)
    throw new AppError('CONFIG_INVALID', `apt-get installed postgresql, but postgres and initdb are not there: ${remedy}`);
  return installed;
}

function requireOwner(): Owner {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim());
  if (!uid || !gid)
    throw new AppError(
      'CONFIG_INVALID',
      'PostgreSQL does not run as root and there is no user postgres: create one (useradd --system postgres) or run as another user',
    );
  return { uid: Number(uid), gid: Number(gid) };
}

/** The stack's folder, unless the user postgres cannot get there (a home folder of root): then one under the system's temporary folder. */
function dataFolder(dir: string, owner: Owner | undefined): string {
  const inside = join(dir, 'data');
  if (owner === undefined) return inside;
  for (const folder of [inside, elsewhere(dir)]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, owner.uid, owner.gid);
    if (spawnSync('test', ['-w', folder], { ...owner, cwd: '/' }).status === 0) return folder;
  }
  throw new AppError(
    'CONFIG_INVALID',
    `the user postgres can reach neither ${inside} nor ${elsewhere(dir)}: give --data-dir a folder that every user may pass through`,
  );
}

function elsewhere(dir: string): string {
  return join(tmpdir(), `tradewind-postgres-${createHash('sha256').update(dir).digest('hex').slice(0, 10)}`);
}

interface Initialising {
  readonly postgres: string;
  readonly initdb: string;
  readonly data: string;
  readonly owner: Owner | undefined;
  readonly context: ServerContext;
}

/** Makes the cluster, its only user with a password, and the database. */
async function initialise({ postgres, initdb, data, owner, context }: Initialising): Promise<void> {
  const passwordFile = join(tmpdir(), `tradewind-initdb-${process.pid}`);
  const run = { logFile: join(context.dir, 'init.log'), cwd: '/', ...owner };
  try {
    writeFileSync(passwordFile, USER, { mode: 0o600 });
    if (owner) chownSync(passwordFile, owner.uid, owner.gid);
    await runProgram(initdb, ['-D', data, '-U', USER, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale', 'C'], run);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  await runProgram(postgres, ['--single', '-D', data, 'postgres'], { ...run, input: `CREATE DATABASE ${DATABASE}\n` });
}
