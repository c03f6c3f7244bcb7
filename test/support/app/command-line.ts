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

/** A command that runs, as an operator started it. */
export interface RunningCommand {
  /** What it printed so far. */
  output(): string;
  kill(): void;
  /** Null for the code where it was killed. */
  readonly result: Promise<CommandResult>;
}

/** `npm run cli -- …words` as an operator runs it, with this environment and no other. */
export async function runCommand(
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<CommandResult> {
  return (await startCommand(env, ...words)).result;
}

export async function startCommand(
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<RunningCommand> {
  const directory = await mkdtemp(join(tmpdir(), 'caret-cli-'));
  const entry = [join(__dirname, 'typescript-main.js'), 'src/cli.ts', ...words];
  const child = spawn(process.execPath, entry, {
    cwd: directory,
    env: { PATH: process.env['PATH'], ...env },
  });
  const texts = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (texts.output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (texts.errors += chunk));
  const result = once(child, 'close').then(async ([code]) => {
    await rm(directory, { recursive: true, force: true });
    return { code: code as number | null, ...texts };
  });
  return { output: () => texts.output, kill: () => child.kill('SIGKILL'), result };
}
