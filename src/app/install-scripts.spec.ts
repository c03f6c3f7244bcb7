import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Lets `npm ls` take longer than the 3 seconds of scarf, which a busy machine exceeds. */
const WITHOUT_TIMEOUT = `data:text/javascript,
  import childProcess from 'node:child_process';
  const { exec } = childProcess;
  childProcess.exec = (command, options, done) => exec(command, { ...options, timeout: 0 }, done);`;

const root = join(__dirname, '../..');
const readJson = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

/** Known install scripts, read: prebuilt binaries or, for scarf, a report that package.json switches off. */
const REVIEWED = [
  '@parcel/watcher',
  '@photostructure/sqlite',
  '@scarf/scarf',
  '@swc/core',
  'esbuild',
  'fsevents',
  'unrs-resolver',
];

describe('the installation of the dependencies', () => {
  it('runs no install script that nobody has reviewed', () => {
    const packages = Object.entries<{ hasInstallScript?: boolean }>(readJson('package-lock.json').packages);
    const scripts = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
    const names = scripts.map((path) => path.split('node_modules/').at(-1)!);
    expect(names.filter((name) => !REVIEWED.includes(name))).toEqual([]);
  });

  it('reports nothing to scarf, the owner of a dependency of Swagger UI', async () => {
    const report = join(root, 'node_modules/@scarf/scarf/report.js');
    const settings = ['SCARF_VERBOSE=true', 'SCARF_LOCAL_PORT=9', `INIT_CWD=${root}`, 'npm_execpath=npm'];
    const node = [process.execPath, '--import', WITHOUT_TIMEOUT, report];
    const { stdout, stderr } = await run('env', [...settings, ...node]);
    expect(stdout + stderr).toContain('Scarf has been disabled via a package.json');
  });

  it('allows no install script', () => {
    const { allowScripts } = readJson('package.json');
    expect(Object.values(allowScripts)).not.toContain(true);
  });
});
