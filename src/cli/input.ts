import { parseArgs } from 'node:util';
import { UsageError } from './command-errors';

/** The words after a command's name. Every value and argument is required; a flag is false unless given. */
export interface Input<Value extends string, Flag extends string> {
  readonly argument: string;
  readonly values: Readonly<Record<Value, string>>;
  readonly flags: Readonly<Record<Flag, boolean>>;
}

export interface InputNames<Value extends string, Flag extends string> {
  /** The placeholder of the argument, if the command takes one. */
  readonly argument: string | undefined;
  readonly values: readonly Value[];
  readonly flags: readonly Flag[];
}

/** Reads the words after a command's name. Throws {@link UsageError}. */
export function readInput<Value extends string, Flag extends string>(
  words: readonly string[],
  { argument, values, flags }: InputNames<Value, Flag>,
): Input<Value, Flag> {
  const { tokens } = parseArgs({
    args: [...words],
    options: {
      ...recordOf(values, () => ({ type: 'string' as const })),
      ...recordOf(flags, () => ({ type: 'boolean' as const })),
    },
    // The messages of the strict mode are about shells, not about the command.
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') given.set(token.name, readOption(token, values, flags));
  }
  const unexpected = positionals.slice(argument === undefined ? 0 : 1);
  if (unexpected.length > 0) throw new UsageError(`Unexpected argument: ${unexpected.join(' ')}`);
  const missing = values.filter((name) => !given.has(name)).map((name) => `--${name}`);
  if (argument !== undefined && positionals.length === 0) missing.unshift(argument);
  if (missing.length > 0) throw new UsageError(`Missing: ${missing.join(', ')}`);
  return {
    argument: positionals[0] ?? '',
    values: recordOf(values, (name) => given.get(name)!),
    flags: recordOf(flags, (name) => given.has(name)),
  };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** Returns the option's value, or an empty text for a flag. Throws {@link UsageError}. */
function readOption(
  { name, rawName, value, inlineValue }: OptionToken,
  values: readonly string[],
  flags: readonly string[],
): string {
  if (flags.includes(name)) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    return '';
  }
  if (!values.includes(name)) throw new UsageError(`Unknown option: ${rawName}`);
  if (!value || (!inlineValue && value.startsWith('-'))) throw new UsageError(`${rawName} needs a value.`);
  return value;
}

function recordOf<Key extends string, T>(keys: readonly Key[], valueOf: (key: Key) => T): Record<Key, T> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<Key, T>;
}
