import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';

/** Runs a command of the shell and resolves with its output. The error of a failed one contains the output. */
export async function shell(command, { cwd, env = {} } = {}) {
  const child = spawn(command, {
    shell: true,
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const output = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
  const [code] = await closed;
  if (code !== 0) throw new Error(`$ ${command}\n${output}(exit code ${code})`);
  return output;
}
