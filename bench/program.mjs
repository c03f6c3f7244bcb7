import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { tsImport } from 'tsx/esm/api';
import { request as send } from 'undici';

const START_DEADLINE = 30_000;
const ANSWER_DEADLINE = 180_000;
/** Characters of a program's errors that are kept. */
const TAIL = 4000;
const SERVER_CPU = '0';
const LOAD_CPU = '1';

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

let pinned = false;

/**
 * Gives servers the first processor; this process and its other children (load, database) keep to the second.
 * False where there is one processor only, or no `taskset`: then all share what there is.
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
 * Runs `work` with a function that takes care of a program which is starting and gives it back running; all of them
 * are stopped in the end, whatever happened.
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

/** A server under load, alone on the first processor. It says where it listens on standard error. */
export class Program {
  #child;
  #exited;

  constructor(child) {
    this.#child = child;
    children.add(child);
    this.#exited = once(child, 'exit').then(() => children.delete(child));
  }

  /** Starts `node` with these arguments and waits until it listens. Its standard output goes nowhere. */
  static async start(args, { env = {}, cwd } = {}) {
    const program = Program.#launch([process.execPath, ...args], { env, cwd });
    program.url = await program.#listening();
    return program;
  }

  /**
   * Starts a program that is told its port, which `command` and `env` are functions of, and waits until it answers 200
   * to a GET of `ready`. Its output goes nowhere.
   */
  static async startCommand(command, { env, cwd, ready }) {
    const { freePort } = await tsImport('../test/support/app/free-port.ts', import.meta.url);
    const port = await freePort();
    const program = Program.#launch(command(port), { env: env(port), cwd });
    program.url = `http://127.0.0.1:${port}`;
    await program.#answering(ready);
    return program;
  }

  static #launch(command, { env, cwd }) {
    const [file, ...rest] = pinned ? ['taskset', '-c', SERVER_CPU, ...command] : command;
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

  async #answering(path) {
    let said = '';
    this.#child.stderr.setEncoding('utf8').on('data', (chunk) => (said = (said + chunk).slice(-TAIL)));
    const deadline = Date.now() + ANSWER_DEADLINE;
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
    throw new Error(`${this.#child.spawnargs.join(' ')} did not answer\n${said}`);
  }

  #listening() {
    return new Promise((resolve, reject) => {
      let text = '';
      const fail = () => reject(new Error(`${this.#child.spawnargs.join(' ')} did not start\n${text}`));
      const timer = setTimeout(fail, START_DEADLINE);
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
