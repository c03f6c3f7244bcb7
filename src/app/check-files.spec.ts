import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/config';
import { ConfigError } from '../config/config-error';
import { checkFiles } from './check-files';
import { INVALID_VALUES } from './fixtures/invalid-values';
import type { InvalidValue } from './fixtures/value-rows';

/** Values as short as these also occur in the text of a message. */
const SHORT = 4;

const KEYS = { ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}` };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'caret-config-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig({ DATA_DIR: folder, ...environment }, { check: checkFiles });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function rejected(variable: string, { value, environment = KEYS }: InvalidValue) {
  const text = value(folder);
  return { text, problems: problemsOf({ ...environment, [variable]: text }) };
}

describe('the table of invalid values', () => {
  it('covers every variable of .env.example', () => {
    const example = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
    const names = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(Object.keys(INVALID_VALUES).sort()).toEqual(names.sort());
  });
});

describe.each(Object.entries(INVALID_VALUES))('%s', (variable, rows) => {
  it.each(rows)('is rejected without its value: $what', (row) => {
    const { text, problems } = rejected(variable, row);
    const [problem = '', ...others] = problems;
    expect(others).toEqual([]);
    const [subject, ...rest] = problem.split(': ');
    expect([subject, rest.join(': ')]).toEqual([row.subject ?? variable, expect.stringMatching(row.problem)]);
    if (text.length > SHORT) expect(problem).not.toContain(text);
  });
});

describe('loadConfig with checkFiles', () => {
  it.each([
    ['the embedded database', ['DATABASE_URL', 'ENCRYPTION_KEYS_FILE']],
    ['DATABASE_URL', ['DATA_DIR', 'ENCRYPTION_KEYS']],
  ])('reports the problems of all variables together, with %s', (_database, unset) => {
    const names = Object.keys(INVALID_VALUES).filter((name) => !unset.includes(name));
    const values = names.map((name) => [name, INVALID_VALUES[name]![0]!.value(folder)] as const);
    const problems = problemsOf(Object.fromEntries(values));
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(names.sort());
  });

  it.each([
    ['a folder that does not exist yet', 'new/deep'],
    ['an existing folder', '.'],
  ])('accepts DATA_DIR=%s, and creates nothing', (_what, path) => {
    expect(problemsOf({ DATA_DIR: join(folder, path) })).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
