/**
 * Runs a TypeScript entry point of the service in its own process: `node typescript-main.js src/main.ts`. Ends with the
 * parent process, which has the other end of its standard input.
 */
const { resolve } = require('node:path');
require('./typescript-loader.js');

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
process.stdin.unref();

const [entry] = process.argv.splice(2, 1);
require(resolve(__dirname, '../../..', entry));
