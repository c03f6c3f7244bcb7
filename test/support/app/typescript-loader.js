/**
 * Lets a process run TypeScript, compiled in memory like in Jest, so that no build has to be current. Its worker threads
 * can too. tsx cannot do this, because esbuild emits no decorator metadata.
 */
const { transformFileSync } = require('@swc/core');
const options = require('./swc-options.js');

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);

require('./typescript-workers.js');
