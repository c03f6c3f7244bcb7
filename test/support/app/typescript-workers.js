/** Runs the TypeScript of a worker thread if its JavaScript is not built. Patches Node's own class once per process. */
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const threads = require('node:worker_threads');

const LOADER = join(__dirname, 'typescript-loader.js');
const PATCHED = Symbol.for('caret.typescript-workers');

if (!threads[PATCHED]) {
  const { Worker } = threads;
  threads[PATCHED] = true;
  threads.Worker = class extends Worker {
    constructor(file, options) {
      if (typeof file !== 'string' || existsSync(file)) super(file, options);
      else super(file.replace(/\.js$/, '.ts'), { ...options, execArgv: ['--require', LOADER] });
    }
  };
}
