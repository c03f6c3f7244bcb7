import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { tsImport } from 'tsx/esm/api';
import { request as send } from 'undici';

const START_TIMEOUT_MS = 30_000;
const READY_TIMEOUT_MS = 180_000;
/** The maximum number of characters of a program's standard error in a message. */
const MAX_ERROR_LENGTH = 4000;
const SERVER_CPU = '0';
const LOAD_CPU = '1';

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

let pinned = false;

/**
 * Pins servers to the first processor, and this process and its other children (load, database) to the second. Returns
 * false without a second processor or `taskset`; then nothing is pinned.
 */
export function pin() {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-p', '-c', LOAD_CPU, String(process.pid)], { stdio: 'ignore' });
    pinned = true;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return pinned;
}

/**
 * Runs `work` with a function that waits for a starting program and returns it. Stops all of these programs when `work`
 * ends or fails.
 */
export async function withPrograms(work) {
  const programs = [];
  const running = async (starting) => {
    const program = await starting;
    programs.push(program);
    return program;
  };
  try {
    return await work(running);
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

/** A server under load, alone on the first processor. It prints where it listens on standard error. */
export class Program {
  #child;
  #exited;

  constructor(child) {
    this.#child = child;
    children.add(child);
    this.#exited = once(child, 'exit').then(() => children.delete(child));
  }

  /** Starts `node` with these arguments and waits until it listens. Discards its standard output. */
  static async start(args, { env = {}, cwd } = {}) {
    const program = Program.#launch([process.execPath, ...args], { env, cwd });
    program.url = await program.#waitUntilListening();
    return program;
  }

  /** Starts `node` with these arguments on the processor of the load: a part of the load, such as an upstream. */
  static async startBesideLoad(args) {
    const program = Program.#spawn([process.execPath, ...args], {});
    program.url = await program.#waitUntilListening();
    return program;
  }

  /**
   * Starts a program on a free port, which `command` and `env` take as their argument, and waits until GET `ready`
   * returns 200. Discards its output.
   */
  static async startCommand(command, { env, cwd, ready }) {
    const { freePort } = await tsImport('../test/support/app/free-port.ts', import.meta.url);
    const port = await freePort();
    const program = Program.#launch(command(port), { env: env(port), cwd });
    program.url = `http://127.0.0.1:${port}`;
    await program.#waitUntilReady(ready);
    return program;
  }

  static #launch(command, options) {
    return Program.#spawn(pinned ? ['taskset', '-c', SERVER_CPU, ...command] : command, options);
  }

  static #spawn([file, ...rest], { env, cwd }) {
    const options = { cwd, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'ignore', 'pipe'] };
    return new Program(spawn(file, rest, options));
  }

  get pid() {
    return this.#child.pid;
  }

  async stop(signal = 'SIGTERM') {
    this.#child.kill(signal);
    await this.#exited;
  }

  async #waitUntilReady(path) {
    let errors = '';
    this.#child.stderr
      .setEncoding('utf8')
      .on('data', (chunk) => (errors = (errors + chunk).slice(-MAX_ERROR_LENGTH)));
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline && this.#child.exitCode === null) {
      try {
        const { statusCode, body } = await send(`${this.url}${path}`);
        await body.dump();
        if (statusCode === 200) return;
      } catch {
        // It does not listen yet.
      }
      await sleep(50);
    }
    this.#child.kill('SIGKILL');
    throw new Error(`${this.#child.spawnargs.join(' ')} did not respond\n${errors}`);
  }

  #waitUntilListening() {
    return new Promise((resolve, reject) => {
      let text = '';
      const fail = () => reject(new Error(`${this.#child.spawnargs.join(' ')} did not start\n${text}`));
      const timer = setTimeout(fail, START_TIMEOUT_MS);
      void this.#exited.then(fail);
      this.#child.stderr.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        const url = /is listening on (http:\/\/[^\s/]+)/.exec(text)?.[1];
        if (!url) return;
        clearTimeout(timer);
        resolve(url);
      });
    });
  }
}
