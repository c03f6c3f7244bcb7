import { processTree, residentMebibytes } from '../process-stats.mjs';
import { JobClient, repeat } from '../job-client.mjs';
import { expectModels } from './names.mjs';

export const CALLERS = 8;

/**
 * One side of a comparison with `count` deployments. A side has a started `program`, the `headers` of its requests, the
 * jobs `create` (or null), `list`, `names` and `read`, and `find`, which returns the id of a deployment from the
 * responses to `list`.
 */
export class Contestant {
  #side;
  #client;
  #count;
  #created = 0;

  constructor(side, count) {
    this.#side = side;
    this.#count = count;
    this.#client = new JobClient(side, CALLERS);
  }

  /** Creates the missing deployments, validates each response once and returns the reading jobs with their bytes. */
  async prepare() {
    const { list, names, read, find } = this.#side;
    if (this.canCreate) await this.#fill();
    const { send } = this.#client;
    const count = this.#count;
    const all = Array.from({ length: count }, (_, index) => index + 1);
    const middle = count / 2;
    const listed = await list(send, count);
    const id = find(listed, middle);
    const jobs = {
      list: () => list(send, count),
      names: () => names(send, count),
      read: () => read(send, id),
    };
    const responses = { list: listed, names: await jobs.names(), read: await jobs.read() };
    expectModels('list', responses.list, all);
    expectModels('names', responses.names, all);
    expectModels('read', responses.read, [middle]);
    const size = (parts) => parts.reduce((sum, { length }) => sum + length, 0);
    return Object.entries(jobs).map(([name, job]) => ({ name, job, bytes: size(responses[name]) }));
  }

  get canCreate() {
    return this.#side.create !== null;
  }

  create = () => {
    this.#created += 1;
    return this.#side.create(this.#client.send, this.#created);
  };

  get client() {
    return this.#client;
  }

  get resident() {
    return processTree(this.#side.program.pid).reduce((sum, pid) => sum + residentMebibytes(pid), 0);
  }

  /** Verifies that the list has every deployment after creating more, and returns their number. */
  async recount() {
    const all = Array.from({ length: this.#created }, (_, index) => index + 1);
    expectModels('list', await this.#side.list(this.#client.send, this.#created), all);
    return this.#created;
  }

  async end() {
    await this.#client.close();
    await this.#side.stop();
  }

  async #fill() {
    let left = this.#count;
    await repeat(this.create, CALLERS, () => left-- > 0);
  }
}
