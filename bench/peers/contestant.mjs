import { processTree, residentMebibytes } from '../process-stats.mjs';
import { JobClient, repeat } from '../job-client.mjs';
import { expectModels } from './names.mjs';

export const CALLERS = 8;

/**
 * One side of a comparison, with so many deployments. A side is a started `program`, the `headers` of its requests,
 * its jobs `create` (null where it has none), `list`, `names` and `read`, and `find`, which tells from the answers to
 * `list` how one deployment is asked for.
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

  /** Creates what is not there yet, checks the content of each answer once, and gives the reading jobs with their bytes. */
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
    const answers = { list: listed, names: await jobs.names(), read: await jobs.read() };
    expectModels('list', answers.list, all);
    expectModels('names', answers.names, all);
    expectModels('read', answers.read, [middle]);
    const size = (parts) => parts.reduce((sum, { length }) => sum + length, 0);
    return Object.entries(jobs).map(([name, job]) => ({ name, job, bytes: size(answers[name]) }));
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

  /** How many deployments there are after creating more, each seen in the list. */
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
