/**
 * Generates clients from openapi.json with the generators that people use, compiles them, and drives a running Caret
 * with each. Options: --only a,b (generators by name), --no-build. A generator whose toolchain is missing is skipped;
 * with CARET_REQUIRE_SDK_TOOLCHAINS=1 it fails. Downloads are cached in CARET_SDK_CACHE, by default
 * node_modules/.cache/caret-sdk. The last line is the sum.
 */
import { cp, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tsImport } from 'tsx/esm/api';
import { Dependencies } from './dependencies.mjs';
import { GENERATORS } from './generators.mjs';
import { withService } from './services.mjs';
import { shell } from './shell.mjs';
import { missingToolchains } from './toolchains.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = process.env.CARET_SDK_CACHE ?? join(root, 'node_modules/.cache/caret-sdk');
const documentation = await readFile(join(root, 'docs/sdks.md'), 'utf8');
const isRequired = process.env.CARET_REQUIRE_SDK_TOOLCHAINS === '1';

const { values } = parseArgs({
  options: { only: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});
const only = values.only?.split(',');
const queue = GENERATORS.filter(({ name }) => !only || only.includes(name));

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
if (!values['no-build']) await shell('npm run build', { cwd: root });
const { startUpstream } = await tsImport('../support/upstreams/mock-upstream.ts', import.meta.url);
const upstream = await startUpstream();
const dependencies = new Dependencies(cache);
const total = { passed: 0, failed: 0, skipped: 0 };

await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work));
await upstream.stop();
if (total.passed + total.failed === 0 && only) total.failed = 1;
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);

async function work() {
  for (let generator = queue.shift(); generator; generator = queue.shift()) {
    const { outcome, detail } = await test(generator);
    total[outcome] += 1;
    console.log(`${outcome}  ${generator.name} ${generator.version}: ${detail}`);
  }
}

async function test(generator) {
  const missing = missingToolchains(generator.needs ?? []);
  if (missing.length > 0) {
    return { outcome: isRequired ? 'failed' : 'skipped', detail: `needs ${missing.join(' and ')}` };
  }
  const times = [];
  const timed = async (verb, action) => {
    const started = performance.now();
    const result = await action();
    times.push(`${verb} ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return result;
  };
  try {
    await steps(generator, timed);
    return { outcome: 'passed', detail: times.join(', ') };
  } catch (error) {
    return { outcome: 'failed', detail: [...times, error.message].join(', ') };
  }
}

async function steps({ name, version, folder = name, jar, generate, compile, drive }, timed) {
  if (compile && !new RegExp(`^\\| ${name} +\\| ${version} `, 'm').test(documentation)) {
    throw new Error(`docs/sdks.md does not name version ${version}`);
  }
  const source = fileURLToPath(new URL(folder, import.meta.url));
  const target = join(cache, folder);
  const installed = await timed('installed', () => dependencies.install(source, target, jar));
  // A fixed path, because Go's build cache knows files by path.
  const cwd = join(target, `work-${name}`);
  await rm(cwd, { recursive: true, force: true });
  await cp(source, cwd, { recursive: true });
  const env = { ...installed, OPENAPI: join(root, 'openapi.json'), NO_COLOR: '1' };

  const output = await timed(compile ? 'generated' : 'linted', () => shell(generate, { cwd, env }));
  if (/\bERROR\b/.test(output)) throw new Error(output);
  if (compile) await timed('compiled', () => shell(compile, { cwd, env }));
  if (drive) {
    await withService(upstream.url, (own) =>
      timed('driven', () => shell(drive, { cwd, env: { ...env, ...own } })),
    );
  }
}
