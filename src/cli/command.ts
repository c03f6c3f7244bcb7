import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';

export type Print = (text: string) => void;
export type Run = (context: INestApplicationContext, print: Print) => Promise<void>;

export interface Command {
  /** One word or two, as typed. */
  readonly name: string;
  readonly parameters: string;
  readonly summary: string;
  /** Reads the words after the name, before anything is opened. Throws {@link UsageError}. */
  readonly prepare: (words: readonly string[]) => Run;
}

/** The command line is not understood; the message says what would be. */
export class UsageError extends Error {}

/** Named options, all of them texts that must be given. */
export function requiredOptions<Name extends string>(
  words: readonly string[],
  ...names: readonly Name[]
): Record<Name, string> {
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    names.map((name) => [name, { type: 'string' }]),
  );
  const values = read(words, options);
  const missing = names.filter((name) => !values[name]);
  if (missing.length > 0) throw new UsageError(`Missing: ${missing.map((name) => `--${name}`).join(', ')}`);
  return values as Record<Name, string>;
}

function read(words: readonly string[], options: ParseArgsConfig['options']): Record<string, unknown> {
  try {
    return parseArgs({ args: [...words], options, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
