import { parseEnv } from 'node:util';
import type { ConfigWarning } from './config-warning';
import { readSmallFile } from './read-small-file';

/** The variables of an environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The content of a `.env` file. */
export interface EnvFile {
  readonly variables: Environment;
  readonly problems: readonly string[];
  readonly warnings: readonly ConfigWarning[];
}

export const NO_ENV_FILE: EnvFile = { variables: {}, problems: [], warnings: [] };

const MAX_BYTES = 2 ** 20;

/** `LOG_LEVEL: debug`, with a colon in place of the equals sign. */
const NAME_WITH_COLON = /^\s*([A-Z][A-Z0-9_]*)\s*:/;

/** Reads a `.env` file. A missing file counts as empty. */
export function readEnvFile(path: string): EnvFile {
  let text: string;
  try {
    ({ text } = readSmallFile(path, MAX_BYTES));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return NO_ENV_FILE;
    const problem = `.env: cannot be read (${code}); must be a readable file of NAME=value lines`;
    return { ...NO_ENV_FILE, problems: [problem] };
  }
  return parseEnvFile(text);
}

function parseEnvFile(text: string): EnvFile {
  const variables: Record<string, string | undefined> = {};
  const warnings: string[] = [];
  for (const [key, value] of Object.entries(parseEnv(removeMisreadLines(text, warnings)))) {
    // Node's parser joins a line that has no "=" to the name on the next line.
    const [name = '', ...ignored] = key.split('\n').reverse();
    for (let line = 0; line < ignored.length; line += 1) warnings.push('.env: ignored a line without "="');
    variables[name.trim().replace(/^export\s+/, '')] = value;
  }
  return { variables, problems: [], warnings: warnings.map((text) => ({ variable: '.env', text })) };
}

/** Removes the lines that Node's parser would misread. It ends at a line that starts with "=". */
function removeMisreadLines(text: string, warnings: string[]): string {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const remaining = lines.filter((line) => {
    const problem = findProblem(line);
    if (problem !== null) warnings.push(`.env: ignored ${problem}`);
    return problem === null;
  });
  return remaining.join('\n');
}

function findProblem(line: string): string | null {
  if (/^\s*=/.test(line)) return 'a line without a name before "="';
  const name = line.includes('=') ? undefined : NAME_WITH_COLON.exec(line)?.[1];
  return name === undefined ? null : `${name}; write ${name}=value, not a colon`;
}
