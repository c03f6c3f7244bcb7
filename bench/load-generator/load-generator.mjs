import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const place = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Puts a closed loop of requests on a URL and checks each answer. Native where `cc` is there. */
export class LoadGenerator {
  #command;
  #directory;
  #bodies = 0;

  constructor(command, directory) {
    this.#command = command;
    this.#directory = directory;
  }

  /** Compiles it in `directory`, where request bodies are kept as well. */
  static async make(directory) {
    const binary = join(directory, 'load-generator');
    try {
      await run('cc', ['-O2', '-o', binary, place('load-generator.c')]);
      return new LoadGenerator([binary], directory);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      return new LoadGenerator([process.execPath, place('fallback.mjs')], directory);
    }
  }

  get kind() {
    return this.#command.length === 1 ? 'native' : 'JavaScript (no C compiler)';
  }

  /** Makes a request ready: its body, if any, goes to a file. */
  async prepare({ method = 'GET', path, headers = {}, body }) {
    const args = ['-m', method];
    for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
    if (body !== undefined) {
      this.#bodies += 1;
      const file = join(this.#directory, `body-${this.#bodies}.json`);
      await writeFile(file, body);
      args.push('-b', file);
    }
    return { path, args };
  }

  /**
   * One window of load on `program`. Throws where an answer was not as expected: a wrong answer is not a fast one.
   * Times in seconds.
   */
  async run(program, { path, args }, { connections, warmUp, seconds, status, length }) {
    const numbers = { c: connections, w: warmUp, d: seconds, p: program.pid, s: status, l: length };
    const flags = Object.entries(numbers).flatMap(([name, value]) => [`-${name}`, String(value)]);
    const target = ['-u', `${new URL(program.url).host}${path}`];
    const [file, ...first] = this.#command;
    const { stdout, stderr } = await run(file, [...first, ...flags, ...args, ...target]);
    const sample = JSON.parse(stdout);
    if (sample.wrong > 0 || sample.requests === 0) {
      throw new Error(
        `${path}: ${sample.wrong} of ${sample.requests + sample.wrong} answers wrong: ${stderr}`,
      );
    }
    return sample;
  }
}
