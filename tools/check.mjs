// npm run check: format, lint with boundaries, types, proto lint and compatibility, generated code without a diff, build. Stops at the first failure.
import { spawnSync } from 'node:child_process';

const GENERATED = ['libs/contracts/src/gen', 'libs/persistence/src/gen'];

function run(title, command, args) {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, NX_DAEMON: 'false' } });
  if (status === 0) return;
  console.error(`\ncheck: ${title} failed (${[command, ...args].join(' ')})`);
  process.exit(status ?? 1);
}

/** What a git command prints, trimmed; empty when it fails. */
const git = (...args) => {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
};

/** The last commit of main, here or at the remote, that has proto/; on main itself its parent, so that the check compares something. */
function protoBase() {
  const head = git('rev-parse', 'HEAD');
  const candidates = ['origin/main', 'main', 'HEAD~1'].map((name) => git('rev-parse', '--verify', '--quiet', `${name}^{commit}`));
  return candidates.find((commit) => commit !== '' && commit !== head && git('ls-tree', '-d', commit, 'proto') !== '');
}

const nx = (target) => ['nx', 'run-many', '-t', target, '--outputStyle=stream'];
run('format', 'npx', ['prettier', '--check', '--log-level=warn', '.']);
run('lint', 'npx', nx('lint'));
run('types', 'npx', nx('typecheck'));
run('proto lint', 'npx', ['buf', 'lint', 'proto']);
const base = protoBase();
if (base === undefined) console.log('\n== proto compatibility: no earlier proto/ to compare with');
else run('proto compatibility', 'npx', ['buf', 'breaking', 'proto', '--against', `.git#ref=${base},subdir=proto`]);
run('generate', process.execPath, ['tools/generate.mjs']);
run('generated code is as checked in', 'git', ['diff', '--exit-code', '--stat', '--', ...GENERATED]);
run('build', 'npx', nx('build'));
console.log('\ncheck: all passed');
