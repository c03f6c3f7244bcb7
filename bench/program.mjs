import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

const START_DEADLINE = 30_000;
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
    const command = [process.execPath, ...args];
    const [file, ...rest] = pinned ? ['taskset', '-c', SERVER_CPU, ...command] : command;
    const child = spawn(file, rest, {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const program = new Program(child);
    program.url = await program.#listening();
    return program;
  }

  get pid() {
    return this.#child.pid;
  }

  async stop(signal = 'SIGTERM') {
    this.#child.kill(signal);
    await this.#exited;
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
