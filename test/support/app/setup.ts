import 'reflect-metadata';

/** Ends a test that hangs. No test depends on it: a promise about time is measured, see `support/pace.ts`. */
const HANG_TIMEOUT_MS = 20 * 60_000;

jest.setTimeout(HANG_TIMEOUT_MS);
