/**
 * Runs a TypeScript entry point of the service in a process of its own: `node typescript-main.js src/main.ts`.
 * Compiled in memory as Jest does it (esbuild, and so tsx, knows no decorator metadata), so that no build has to be
 * up to date. Ends with the process that started it, which holds the other end of its standard input.
 */
const { resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');
const options = require('./swc-options.js');

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
process.stdin.unref();

const [entry] = process.argv.splice(2, 1);
require(resolve(__dirname, '../../..', entry));
