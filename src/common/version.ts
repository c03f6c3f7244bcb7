import { createRequire } from 'node:module';

/** Caret's version, as package.json has it. The path is the same from `src/` and from `dist/`. */
export const { version: VERSION } = createRequire(__filename)('../../package.json') as { version: string };
