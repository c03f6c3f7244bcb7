import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config';
import { exposureWarnings } from './exposure-warnings';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'caret-exposure-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function variablesOf(environment: Record<string, string>): string[] {
  const warnings = exposureWarnings(loadConfig({ DATA_DIR: folder, ...environment }));
  for (const { text } of warnings) expect(text).not.toContain('\n');
  return warnings.map(({ variable }) => variable);
}

describe('exposureWarnings', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['the defaults', {}, []],
    ['plain HTTP on every address', { HOST: '0.0.0.0' }, ['TRUST_PROXY']],
    ['plain HTTP on a private address', { HOST: '10.0.0.1' }, ['TRUST_PROXY']],
    ['a proxy in front', { HOST: '0.0.0.0', TRUST_PROXY: '10.0.0.1' }, []],
    ['a remote server without TLS', { DATABASE_URL: 'mysql://u:p@db.example.com/x' }, ['DATABASE_TLS']],
    ['TLS switched off', { DATABASE_URL: 'mysql://u:p@10.0.0.1/x', DATABASE_TLS: 'off' }, ['DATABASE_TLS']],
    ['a remote server with TLS', { DATABASE_URL: 'mysql://u:p@db/x', DATABASE_TLS: 'system' }, []],
    ['a local server without TLS', { DATABASE_URL: 'mariadb://u:p@127.0.0.1/x' }, []],
    ['a local server in brackets', { DATABASE_URL: 'mariadb://u:p@[::1]/x' }, []],
    [
      'several at a time',
      { HOST: '::', DATABASE_URL: 'mysql://u:p@db.example.com/x' },
      ['TRUST_PROXY', 'DATABASE_TLS'],
    ],
  ])('names the variables for %s', (_what, environment, variables) =>
    expect(variablesOf(environment)).toEqual(variables),
  );

  it.each([0o704, 0o702, 0o755, 0o777, 0o1777])('warns of DATA_DIR with mode 0%o', (mode) => {
    chmodSync(folder, mode);
    expect(variablesOf({})).toEqual(['DATA_DIR']);
  });

  it.each([0o700, 0o750, 0o770, 0o711])('accepts DATA_DIR with mode 0%o', (mode) => {
    chmodSync(folder, mode);
    expect(variablesOf({})).toEqual([]);
  });

  it('warns of the folder that DATABASE_URL names', () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    expect(variablesOf({ DATABASE_URL: `sqlite:${open}/x.db` })).toEqual(['DATABASE_URL']);
  });

  it('accepts a folder that does not exist yet', () =>
    expect(variablesOf({ DATA_DIR: join(folder, 'new') })).toEqual([]));
});
