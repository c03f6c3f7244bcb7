import { fetchAnswer } from '../answer.mjs';
import { processorSeconds } from '../process-stats.mjs';

/** Changes one model directly in the database, as another replica would, before each request of a single caller. */
export class RegistryWriter {
  #registry;
  #priority = 1000;

  constructor(registry) {
    this.#registry = registry;
  }

  /**
   * Requests in turn for the window's seconds; only their own time counts. Each answer has to show the change that
   * came just before it. `logged`: the change log names the model, so that only that one need be read anew.
   */
  async window(program, request, { warmUpSeconds, windowSeconds }, { logged }) {
    await this.#repeat(program, request, warmUpSeconds, logged);
    const before = processorSeconds(program.pid);
    const durations = await this.#repeat(program, request, windowSeconds, logged);
    const processor = processorSeconds(program.pid) - before;
    const total = durations.reduce((sum, duration) => sum + duration, 0) / 1000;
    return {
      requests: durations.length,
      requestsPerSecond: durations.length / total,
      cpuMicroseconds: (processor * 1e6) / durations.length,
      serverBusy: processor / total,
    };
  }

  async #repeat(program, request, seconds, logged) {
    const durations = [];
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      await this.#change(logged);
      const sent = performance.now();
      const { bytes } = await fetchAnswer(program, request);
      durations.push(performance.now() - sent);
      if (!bytes.includes(`"priority":${this.#priority},`)) throw new Error(`${request.path}: a stale list`);
    }
    return durations;
  }

  /** The revision comes last: who reads the new one finds the change. */
  async #change(logged) {
    const { accountId, modelId } = this.#registry;
    this.#priority += 1;
    await this.#registry.execute('UPDATE provider_models SET priority = ? WHERE id = ?', [
      this.#priority,
      modelId,
    ]);
    if (logged) {
      const sql =
        "INSERT INTO registry_changes (account_id, revision, resource_id, kind) SELECT id, revision + 1, ?, 'model' FROM accounts WHERE id = ?";
      await this.#registry.execute(sql, [modelId, accountId]);
    }
    await this.#registry.execute('UPDATE accounts SET revision = revision + 1 WHERE id = ?', [accountId]);
  }
}
