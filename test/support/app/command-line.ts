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

/** A running command. */
export interface RunningCommand {
  /** Its standard output so far. */
  output(): string;
  kill(): void;
  /** Closes its standard output, as a reader that exits does. */
  closeOutput(): void;
  /** The code is null when a signal ended the command. */
  readonly result: Promise<CommandResult>;
}

/** Runs `npm run cli -- …words` like an operator, with no other environment than this. */
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
  return {
    output: () => texts.output,
    kill: () => child.kill('SIGKILL'),
    closeOutput: () => child.stdout.destroy(),
    result,
  };
}
