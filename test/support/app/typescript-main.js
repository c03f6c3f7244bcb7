/**
 * Runs a TypeScript entry point of the service in its own process: `node typescript-main.js src/main.ts`. Compiles in
 * memory like Jest, so no build has to be current. tsx cannot do this, because esbuild emits no decorator metadata. Ends
 * with the parent process, which has the other end of its standard input.
 */
const { resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');
const options = require('./swc-options.js');

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
process.stdin.unref();

const [entry] = process.argv.splice(2, 1);
require(resolve(__dirname, '../../..', entry));
