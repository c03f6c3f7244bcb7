import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const place = (file) => fileURLToPath(new URL(file, import.meta.url));

const SOURCES = ['load-generator.c', 'http-connection.c'];

/** Sends requests to a URL in a closed or an open loop and checks each response. Native if `cc` is available. */
export class LoadGenerator {
  #command;
  #directory;
  #bodies = 0;

  constructor(command, directory) {
    this.#command = command;
    this.#directory = directory;
  }

  /** `directory` takes the program and the request bodies. */
  static async create(directory) {
    try {
      return await LoadGenerator.native(directory);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      return LoadGenerator.fallback(directory);
    }
  }

  /** Rejects with the code ENOENT without a C compiler. */
  static async native(directory) {
    const binary = join(directory, 'load-generator');
    await run('cc', ['-O2', '-o', binary, ...SOURCES.map(place), '-lm']);
    return new LoadGenerator([binary], directory);
  }

  static fallback(directory) {
    return new LoadGenerator([process.execPath, place('fallback.mjs')], directory);
  }

  get kind() {
    return this.#command.length === 1 ? 'native' : 'JavaScript (no C compiler)';
  }

  /** Prepares a request. Writes its body to a file. */
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
   * Measures one window of load on `program`. Throws for an unexpected response, so that an error does not count as a
   * fast response. `warmUp` and `seconds` are in seconds. With `rate`, in requests/s, it is an open loop, in which the
   * time of a response counts from when its request was due. Without it, each response triggers the next request.
   */
  async run(program, { path, args }, { connections, warmUp, seconds, status, length, rate = 0 }) {
    const numbers = { c: connections, w: warmUp, d: seconds, r: rate, p: program.pid, s: status, l: length };
    const flags = Object.entries(numbers).flatMap(([name, value]) => [`-${name}`, String(value)]);
    const target = ['-u', `${new URL(program.url).host}${path}`];
    const [file, ...first] = this.#command;
    const { stdout, stderr } = await run(file, [...first, ...flags, ...args, ...target]);
    const sample = JSON.parse(stdout);
    if (sample.wrong > 0 || sample.requests === 0) {
      throw new Error(
        `${path}: ${sample.wrong} of ${sample.requests + sample.wrong} responses wrong: ${stderr}`,
      );
    }
    return sample;
  }
}
