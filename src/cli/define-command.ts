import type { INestApplicationContext } from '@nestjs/common';
import type { AppConfig } from '../config/config';
import { type Input, readInput } from './input';

export type Print = (text: string) => void;

/** What a command needs to run. */
export interface Session {
  readonly config: AppConfig;
  readonly print: Print;
  /** Opens and migrates the database, and passes the application's services to `work`. Closes them afterwards. */
  readonly open: (work: (services: INestApplicationContext) => Promise<void>) => Promise<void>;
}

export type Run = (session: Session) => Promise<void>;

/** One word of a command line, as the usage text shows it. */
export interface Parameter {
  readonly placeholder: string;
  readonly help: string;
}

export interface CommandDefinition<Value extends string, Flag extends string> {
  /** One word or two, as typed. */
  readonly name: string;
  /** One line, in the imperative, without a full stop. */
  readonly summary: string;
  readonly argument?: Parameter;
  readonly values?: Readonly<Record<Value, Parameter>>;
  /** Each flag with its help. */
  readonly flags?: Readonly<Record<Flag, string>>;
  /** Validates the input before anything is opened. Throws UsageError. */
  readonly prepare: (input: Input<Value, Flag>) => Run;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The name with all parameters. */
  readonly synopsis: string;
  /** Each parameter with its help. */
  readonly parameters: readonly (readonly [string, string])[];
  /** Reads the words after the name. Throws UsageError. */
  readonly prepare: (words: readonly string[]) => Run;
}

export function defineCommand<Value extends string = never, Flag extends string = never>({
  name,
  summary,
  argument,
  values = {} as Record<Value, Parameter>,
  flags = {} as Record<Flag, string>,
  prepare,
}: CommandDefinition<Value, Flag>): Command {
  const [valueNames, flagNames] = [Object.keys(values) as Value[], Object.keys(flags) as Flag[]];
  const optionOf = (key: Value): string => `--${key} ${values[key].placeholder}`;
  const names = { argument: argument?.placeholder, values: valueNames, flags: flagNames };
  return {
    name,
    summary,
    synopsis: [
      name,
      ...(argument ? [argument.placeholder] : []),
      ...valueNames.map(optionOf),
      ...flagNames.map((key) => `[--${key}]`),
    ].join(' '),
    parameters: [
      ...(argument ? [[argument.placeholder, argument.help] as const] : []),
      ...valueNames.map((key) => [optionOf(key), values[key].help] as const),
      ...flagNames.map((key) => [`--${key}`, flags[key]] as const),
    ],
    prepare: (words) => prepare(readInput(words, names)),
  };
}

/** The run of a command that needs the application's services. */
export function withServices(work: (services: INestApplicationContext, print: Print) => Promise<void>): Run {
  return ({ open, print }) => open((services) => work(services, print));
}
