import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestApp, type TestApp } from '../../support/app/app';
import { operationsOf } from '../../support/openapi/openapi-operations';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';

const ROOT = join(__dirname, '../../..');
const run = promisify(execFile);

/** Resolves with standard output. The error of a failed command contains all output. */
async function node(
  cwd: string,
  parameters: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  try {
    const options = { cwd, env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env } };
    return (await run(process.execPath, [...parameters], options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${parameters.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

describe('a TypeScript client that hey-api generates from openapi.json', () => {
  let app: TestApp;
  let upstream: Upstream;
  let directory: string;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await startUpstream();
    directory = await mkdtemp(join(tmpdir(), 'caret-sdk-'));
    await cp(join(ROOT, 'test/sdk/hey-api'), directory, { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    const input = join(ROOT, 'openapi.json');
    const generator = join(ROOT, 'node_modules/@hey-api/openapi-ts/bin/run.js');
    await node(directory, [generator, '-i', input, '-o', 'client', '-c', '@hey-api/client-fetch']);
  });
  afterAll(async () => {
    await Promise.all([app.stop(), upstream.stop()]);
    await rm(directory, { recursive: true, force: true });
  });

  const generated = (file: string) => readFile(join(directory, 'client', file), 'utf8');

  it('has one function for each operation, under its id', async () => {
    const functions = [...(await generated('sdk.gen.ts')).matchAll(/^export const (\w+) = </gm)].map(
      ([, name]) => name,
    );
    const document: unknown = JSON.parse(await readFile(join(ROOT, 'openapi.json'), 'utf8'));
    expect(functions.sort()).toEqual(
      operationsOf(document)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('has unknown only for free-form values, and neither any nor numbered names', async () => {
    const types = (await generated('types.gen.ts')).replaceAll(/\/\*\*[^]*?\*\//g, '');
    expect(types).not.toMatch(/\bany\b/);
    const unknowns = types.match(/^.*(?<!')\bunknown\b.*$/gm) ?? [];
    expect(
      unknowns.filter((line) => !/\[key: string\]: unknown;|(?:before|after): unknown;/.test(line)),
    ).toEqual([]);
    expect(types).not.toMatch(/^export type \w+(\d|Writable) /m);
  });

  it('compiles under strict rules and drives the service through the whole API', async () => {
    await node(directory, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);
    const env = { CARET_URL: app.url, CARET_TOKEN: app.adminToken, UPSTREAM_URL: upstream.url };
    expect(await node(directory, ['out/driver.js'], env)).toBe('done\n');
  });
});
