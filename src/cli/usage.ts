import type { Command } from './define-command';

const PROGRAM = 'npm run cli --';

/** The usage of all these commands. */
export function usageOf(commands: readonly Command[]): string {
  return [
    `Usage: ${PROGRAM} <command>`,
    '',
    ...table(commands.map(({ synopsis, summary }) => [synopsis, summary])),
    '',
    `${PROGRAM} <command> --help explains a command; ${PROGRAM} --version prints the version.`,
  ].join('\n');
}

/** The usage of one command, with its parameters. */
export function helpOf({ synopsis, summary, parameters }: Command): string {
  const lines = [`Usage: ${PROGRAM} ${synopsis}`, '', `${capitalise(summary)}.`];
  if (parameters.length > 0) lines.push('', ...table(parameters));
  return lines.join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
