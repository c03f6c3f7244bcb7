import 'reflect-metadata';
import './typescript-workers';

/** Ends a test that hangs. No test depends on it: a promise about time is measured, see `support/pace.ts`. */
const HANG_TIMEOUT_MS = 20 * 60_000;

jest.setTimeout(HANG_TIMEOUT_MS);

type Hook = () => unknown;

const { beforeAll: registerSetUp, afterAll: registerTearDown } = globalThis;
let hasSetUpFailed = false;

globalThis.beforeAll = (setUp) =>
  registerSetUp(async () => {
    try {
      await (setUp as Hook)();
    } catch (error) {
      hasSetUpFailed = true;
      throw error;
    }
  });

/** After a failed set-up, the tear-down fails on what was never created. Only the first error names the cause. */
globalThis.afterAll = (tearDown) =>
  registerTearDown(async () => {
    try {
      await (tearDown as Hook)();
    } catch (error) {
      if (!hasSetUpFailed) throw error;
    }
  });
