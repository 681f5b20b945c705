import { spawn } from 'node:child_process';

/** What a Python script prints for the input, or why there is no answer (no Python, a package missing, a fault). */
export function python(script: string, input: string): Promise<string | { readonly reason: string }> {
  return new Promise((resolve) => {
    const child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
    child.once('error', (error) => resolve({ reason: `python3 does not start (${error.message})` }));
    child.once('close', (code) =>
      resolve(code === 0 ? out.join('') : { reason: err.join('').trim().split('\n').at(-1) ?? `exit ${code}` }),
    );
    // A script that ends before it has read all is told by its exit code.
    child.stdin.on('error', () => undefined).end(input);
  });
}
