/** The child process of a client. Its parent is `run-client.ts`, which scripts the faults of the upstream. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CASES } from './cases.mjs';

const DEADLINE_MS = 30_000;

/** What the parent passes: URLs, tokens and names of models. */
export const settings = JSON.parse(process.env.VENDOR_CLIENT ?? '{}');

// Kept-alive connections, or a parent that has gone, must not keep the process.
process.on('disconnect', () => process.exit());

/** Scripts the next calls that reach the upstream. */
export async function script(...faults) {
  const done = new Promise((resolve) => process.once('message', resolve));
  process.send({ faults });
  await done;
}

/** Adds every case of `CASES`, streaming and not, to the scenarios. `call` returns what the client shows. */
export function matrix(prefix, call, isPossible = () => true) {
  const scenarios = {};
  for (const [name, request] of Object.entries(CASES))
    for (const stream of [false, true])
      if (isPossible(name, stream))
        scenarios[`${prefix}, ${name}, ${stream ? 'streaming' : 'not streaming'}`] = () =>
          call(request, stream);
  return scenarios;
}

/** Runs the scenarios one after another and sends all results to the parent. */
export async function runScenarios(scenarios) {
  const results = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    try {
      results[name] = { result: (await withDeadline(scenario(), name)) ?? null };
    } catch (error) {
      results[name] = { error: describeError(error) };
    }
  }
  process.send({ results }, () => process.disconnect());
}

/** A scenario that hangs must not hide the results of the others. */
async function withDeadline(work, name) {
  const deadline = new AbortController();
  const late = sleep(DEADLINE_MS, undefined, { signal: deadline.signal }).then(() => {
    throw new Error(`"${name}" did not end within ${DEADLINE_MS} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    deadline.abort();
  }
}

/** Returns an error as the application sees it: its classes, and the fields that SDKs set. */
export function describeError(error) {
  const classes = [];
  for (
    let type = error?.constructor;
    type && type !== Object && type.name;
    type = Object.getPrototypeOf(type)
  )
    classes.push(type.name);
  const { name, message, status, statusCode, code, type, param, requestID, isRetryable } = error ?? {};
  const known = {
    name,
    message,
    status: status ?? statusCode,
    code,
    type,
    param,
    requestId: requestID,
    isRetryable,
  };
  return JSON.parse(JSON.stringify({ classes, ...known, stack: String(error?.stack).slice(0, 1500) }));
}
