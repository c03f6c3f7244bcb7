import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** `npm run cli -- …words` as an operator runs it, with this environment and no other. */
export async function runCommand(
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<CommandResult> {
  const directory = await mkdtemp(join(tmpdir(), 'caret-cli-'));
  const entry = [join(__dirname, 'typescript-main.js'), 'src/cli.ts', ...words];
  const child = spawn(process.execPath, entry, {
    cwd: directory,
    env: { PATH: process.env['PATH'], ...env },
  });
  const texts = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (texts.output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (texts.errors += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  await rm(directory, { recursive: true, force: true });
  return { code, ...texts };
}
