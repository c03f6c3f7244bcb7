import { commands } from '../../../src/cli/commands';
import { loadConfig } from '../../../src/config/config';

export interface Outcome {
  /** Its standard output. */
  readonly output: string;
  /** The message of its error, or null if it succeeded. */
  readonly error: string | null;
}

/** Runs a command that opens no services in this process, which is much faster than a separate one. */
export async function runInProcess(
  env: Readonly<Record<string, string>>,
  name: string,
  ...words: readonly string[]
): Promise<Outcome> {
  const command = commands.find((candidate) => candidate.name === name)!;
  let output = '';
  try {
    await command.prepare(words)({
      config: loadConfig(env),
      print: (text) => (output += `${text}\n`),
      open: () => Promise.reject(new Error('the command opened the services')),
    });
    return { output, error: null };
  } catch (error) {
    return { output, error: (error as Error).message };
  }
}
