import { AppError } from '@tradewind/contracts';
import { runCli } from './cli';
import { type Command, UsageError } from './command';
import { portNumber, positiveNumber, wholeNumber } from './options';

/** Runs a command line with one command, `work`, whose action is `action`. */
async function run(args: readonly string[], action: () => void | Promise<void> = () => undefined) {
  const written = { out: '', err: '' };
  const terminal = {
    stdout: { write: (text: string) => void (written.out += text) },
    stderr: { write: (text: string) => void (written.err += text) },
  };
  const work: Command = {
    name: 'work',
    register(program, output) {
      program
        .command('work')
        .option('--port <port>', 'a port', portNumber)
        .action(async ({ port }: { port?: number }) => {
          await action();
          output.print({ port }, `the port is ${port}`);
        });
    },
  };
  const code = await runCli(args, terminal, [work]);
  return { code, ...written };
}

describe('the command line', () => {
  it('prints text for people, and one JSON object with --json, before or after the command', async () => {
    await expect(run(['work', '--port', '80'])).resolves.toEqual({ code: 0, out: 'the port is 80\n', err: '' });
    await expect(run(['work', '--port', '80', '--json'])).resolves.toEqual({ code: 0, out: '{"port":80}\n', err: '' });
    await expect(run(['--json', 'work', '--port', '80'])).resolves.toEqual({ code: 0, out: '{"port":80}\n', err: '' });
  });

  it.each([
    [['work', '--port', 'x'], /--port <port>.*'x'.*Give a whole number from 1 to 65535/],
    [['work', '--prot', '80'], /unknown option '--prot'[^]*--port/],
    [['wrok'], /unknown command 'wrok'[^]*work/],
    [['work', 'extra'], /too many arguments/],
  ])('calls %j a wrong call, names what is wrong and exits 2', async (args, message) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('exits 2 for an option that turns out to be wrong', async () => {
    const { code, err } = await run(['work'], () => {
      throw new UsageError('--file', 'x.csv', 'there is no such file');
    });
    expect({ code, err }).toEqual({ code: 2, err: 'tradewind: --file "x.csv": there is no such file\n' });
  });

  it('exits 1 with the code when the work failed, as JSON too', async () => {
    const fail = () => {
      throw new AppError('LOG_UNAVAILABLE', 'no broker answers at 127.0.0.1:1');
    };
    const { code, out, err } = await run(['work', '--json'], fail);
    expect(code).toBe(1);
    expect(err).toBe('tradewind: LOG_UNAVAILABLE: no broker answers at 127.0.0.1:1\n');
    expect(JSON.parse(out)).toEqual({ error: { code: 'LOG_UNAVAILABLE', message: 'LOG_UNAVAILABLE: no broker answers at 127.0.0.1:1' } });
  });

  it('does not hide a bug', async () => {
    const bug = () => {
      throw new TypeError('a bug');
    };
    await expect(run(['work'], bug)).rejects.toThrow('a bug');
  });

  it('helps and exits 0', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('work');
  });
});

describe('number options', () => {
  it.each(['', ' ', '1.5', '0', 'x', '1e99'])('refuse %j where a whole number from 1 to 10 is wanted', (text) => {
    expect(() => wholeNumber(1, 10)(text)).toThrow(/from 1 to 10/);
  });

  it.each(['', '0', '-1', 'x'])('refuse %j where a number above 0 is wanted', (text) => {
    expect(() => positiveNumber()(text)).toThrow(/above 0/);
  });
});
