import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasCompiler = spawnSync('cc', ['--version']).status === 0;

/**
 * Starts a server in this process. `respond` takes the response and the number of the request, from 0, and ends the
 * response. `times` has the milliseconds between each request and its response, as measured by the server.
 */
export async function startServer(respond) {
  const times = [];
  let requests = 0;
  const server = createServer((request, response) => {
    const received = performance.now();
    response.on('finish', () => times.push(performance.now() - received));
    request.resume().on('end', () => respond(response, requests++));
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

/** Blocks the process, like a garbage collection. */
export function stall(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Uses CPU time. */
export function burn(milliseconds) {
  const { user, system } = process.cpuUsage();
  const spent = () => {
    const now = process.cpuUsage();
    return (now.user + now.system - user - system) / 1000;
  };
  while (spent() < milliseconds);
}

/**
 * Repeats a window until it meets the expectation. Other load can only slow responses down, so one window is enough. The
 * last window fails the test.
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
