import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasCompiler = spawnSync('cc', ['--version']).status === 0;

/**
 * A server in this process. `answer` is given the response and the number of the request, from 0, and ends it. `times`
 * are the milliseconds from a request's arrival to its answer, as the server saw them.
 */
export async function startServer(answer) {
  const times = [];
  let requests = 0;
  const server = createServer((request, response) => {
    const received = performance.now();
    response.on('finish', () => times.push(performance.now() - received));
    request.resume().on('end', () => answer(response, requests++));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    pid: process.pid,
    url: `http://127.0.0.1:${server.address().port}`,
    times,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function ok(response) {
  response.setHeader('Content-Length', 2).end('ok');
}

export async function okAfter(response, milliseconds) {
  await sleep(milliseconds);
  ok(response);
}

/** Holds the whole process up, as a garbage collection would. */
export function stall(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Keeps the processor busy. */
export function burn(milliseconds) {
  const { user, system } = process.cpuUsage();
  const spent = () => {
    const now = process.cpuUsage();
    return (now.user + now.system - user - system) / 1000;
  };
  while (spent() < milliseconds);
}

/**
 * What else runs on the machine makes answers slower, never faster: the first window that meets the expectation
 * counts, and the last one fails the test.
 */
export async function oneOf(windows, measure, expectation) {
  for (let window = 1; ; window += 1) {
    const sample = await measure();
    try {
      return expectation(sample);
    } catch (error) {
      if (window === windows) throw error;
    }
  }
}
