import { createRequire } from 'node:module';
import { resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';

const option = process.argv.find((each) => each.startsWith('--dist='))?.slice('--dist='.length);
const dist = option ?? fileURLToPath(new URL('../../dist', import.meta.url));
const require = createRequire(import.meta.url);
const engine = (file) => require(resolvePath(dist, 'routing/engine', file));

/** The built engine of this project, or of the directory in `--dist=`. */
export const { RoutingTable } = engine('routing-table.js');
export const { parseSelector } = require(resolvePath(dist, 'selectors/selector.js'));
export const { resolve } = engine('resolve.js');
